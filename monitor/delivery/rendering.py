"""What a post says: to whom, in which language, and by which clock on the wall."""

from dataclasses import replace

from monitor import messages, outbox
from monitor.configuration import Configuration
from monitor.delivery.round import Round
from monitor.delivery.routes import Route, first_name
from monitor.language import Language, of_locale
from monitor.messages import Line, Message, Reader
from monitor.store.outbox import reports, trouble
from monitor.store.outbox.mail import Post
from monitor.store.outbox.trouble import Held, Silent
from monitor.store.words import PostKind
from monitor.worktime import Calendar


def aim(post: Post, route: Route, this: Round) -> Post:
    """Return the post as it goes by this route: a step in a thread only where that is."""
    settings = this.configuration.settings
    language = settings.language
    if route.name:
        known = settings.people.languages.get(route.email)
        language = known or of_locale(route.locale) or language
    same = post.thread_ts is not None and post.channel == route.channel
    return replace(
        post,
        channel=route.channel,
        name=route.name,
        is_public=not route.name,
        language=language,
        zone=this.zones.get(route.email or post.recipient),
        thread_ts=post.thread_ts if same else None,
    )


def render(post: Post, configuration: Configuration) -> Message:
    """Return what the post says now, as of the moment at which it was first said."""
    if post.kind is PostKind.REPORT:
        return reports.read(post)
    known = {each.value: each for each in Language}  # a newer Svar may speak more
    language = known.get(post.language, Language.EN)
    calendar = outbox.lived_in(configuration.calendar, post.zone)
    if post.kind is PostKind.ADMIN:
        return _to_admin(post, calendar, language)
    reader = _reader(post, configuration, language)
    if not post.told and post.erased:
        return messages.erased(reader)
    lines = _lines(post, configuration)
    if post.kind is PostKind.NOW and lines:
        return messages.single(
            lines[0],
            reader,
            again=post.thread_ts is not None,
            calendar=calendar,
            now=post.rendered_at,
        )
    return messages.render(lines, reader, calendar=calendar, now=post.rendered_at)


def _reader(post: Post, configuration: Configuration, language: Language) -> Reader:
    roles = configuration.settings.people.roles
    mine = {role for role in roles if roles[role] in {post.recipient, *post.owed_to}}
    return Reader(
        post.recipient,
        "" if post.is_public else post.name,
        frozenset(mine | post.owed_to),
        language,
        is_fallback=post.kind is PostKind.FALLBACK,
        stands_in_for=tuple(
            first_name(who)
            for who in sorted(post.owed_to - {post.recipient})
            if "@" in who
        ),
    )


def _lines(post: Post, configuration: Configuration) -> list[Line]:
    sources = {each.name: each for each in configuration.settings.sources}
    lines = []
    for alert, kind in post.told:
        source = sources.get(alert.source)
        link = source.job_link(alert.seen.job_ref) if source else None
        rule = configuration.rulebook.get(alert.seen.rule)
        lines.append(messages.Line(alert, kind, rule, link))
    return lines


def _to_admin(post: Post, calendar: Calendar, language: Language) -> Message:
    subject = trouble.read(post.subject or "")
    match subject:
        case Held(source, rule, count):
            return messages.admin.held(source, rule, count, language=language)
        case Silent(source, since):  # pragma: no branch - there is no other
            return messages.admin.silent(
                source,
                since,
                calendar=calendar,
                now=post.rendered_at,
                language=language,
            )
