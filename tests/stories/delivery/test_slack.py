"""What every answer of Slack means, told by the real slack-sdk over HTTP."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import DeliveryError, Outcome
from monitor.messages import Message
from monitor.slack import SCOPES, Slack
from tests.fakes import (
    TOKEN,
    FakeSlack,
    Fault,
    garbled,
    hang,
    http,
    ratelimited,
    refuse,
    reset,
)

MONDAY = datetime(2026, 9, 7, 7, tzinfo=UTC)
INGRID = "ingrid@example.org"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "A. K. waits"}}
MESSAGE = Message("A. K. waits", [SECTION])
EDITED = Message("answered", [SECTION | {"text": {"type": "mrkdwn", "text": "~A.~"}}])
BUG = "unreadable_answer"


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    with FakeSlack() as started:
        started.open_channel("#leads")
        started.add(INGRID, "Ingrid")
        yield started


@pytest.fixture
def slack(fake: FakeSlack) -> Slack:
    return Slack(TOKEN, fake.url, timeout=1)


def post(slack: Slack, channel: str = "C1", key: str = "k1") -> tuple[str, str]:
    return slack.post(channel, MESSAGE, key, plain=False)


def refusal(slack: Slack, channel: str = "C1") -> tuple[Outcome, str]:
    with pytest.raises(DeliveryError) as caught:
        post(slack, channel)
    return caught.value.outcome, caught.value.reason


CODES = {
    Outcome.NOT_SENT: ["ratelimited", "rate_limited", "message_limit_exceeded"],
    Outcome.ROUTE: [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "user_not_found",
        "user_disabled",
        "restricted_action",
    ],
    Outcome.TOKEN: [
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
    ],
    Outcome.FORM: ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"],
    Outcome.UNKNOWN: ["fatal_error", "internal_error", "a_code_of_next_year"],
}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [pytest.param(o, code, id=code) for o, codes in CODES.items() for code in codes],
)
def test_slacks_code_says_what_became_of_the_message(
    fake: FakeSlack, slack: Slack, outcome: Outcome, code: str
) -> None:
    fake.fail("chat.postMessage", refuse(code))
    assert refusal(slack)[0] is outcome


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(http(500), "http_500", id="a page and 500"),
        pytest.param(http(503, b""), "http_503", id="nothing and 503"),
        pytest.param(http(502, b"\xff\xfe"), "UnicodeDecodeError", id="bytes and 502"),
        pytest.param(http(404), "http_404", id="a wrong address"),
        pytest.param(
            http(500, b'{"ok": false, "error": "internal_error"}'),
            "internal_error",
            id="a code and 500",
        ),
        pytest.param(garbled(b"<html>Kari Nordli</html>"), BUG, id="a page"),
        pytest.param(garbled(b""), BUG, id="nothing"),
        pytest.param(garbled(b"null"), BUG, id="null"),
        pytest.param(garbled(b"[]"), BUG, id="an empty list"),
        pytest.param(garbled(b"[1]"), "AttributeError", id="a list"),
        pytest.param(garbled(b'"ok"'), "AttributeError", id="text"),
        pytest.param(garbled(b"\xff\xfe"), "UnicodeDecodeError", id="bytes"),
        pytest.param(garbled(b'{"ok": true'), BUG, id="half of it"),
        pytest.param(garbled(b'{"ok": true}'), "no_timestamp_in_answer", id="no ts"),
        pytest.param(
            garbled(b"\x1f\x8b", content_type="application/gzip"), BUG, id="an archive"
        ),
        pytest.param(
            garbled(b"{}", content_type="text/html; charset=none"),
            "LookupError",
            id="no such charset",
        ),
        pytest.param(hang(effect=False), "TimeoutError", id="hangs"),
        pytest.param(hang(effect=True), "TimeoutError", id="hangs after it took it"),
        pytest.param(reset(effect=False), "ConnectionResetError", id="reset"),
        pytest.param(
            reset(effect=True), "ConnectionResetError", id="reset after it took it"
        ),
    ],
)
def test_the_outcome_is_unknown_where_slack_gives_no_clear_answer(
    fake: FakeSlack, slack: Slack, fault: Fault, reason: str
) -> None:
    fake.fail("chat.postMessage", fault)
    assert refusal(slack) == (Outcome.UNKNOWN, reason)
    assert fake.count("chat.postMessage") == 1
    assert len(fake.messages) == fault.effect


def test_a_closed_port_surely_took_nothing(fake: FakeSlack, slack: Slack) -> None:
    fake.down()
    assert refusal(slack) == (Outcome.NOT_SENT, "ConnectionRefusedError")
    fake.up()
    assert post(slack)[0] == "C1"


def test_a_name_that_nobody_knows_surely_took_nothing() -> None:
    slack = Slack(TOKEN, "http://slack.invalid/api/", timeout=1)
    assert refusal(slack) == (Outcome.NOT_SENT, "gaierror")


def test_a_server_that_speaks_no_tls_is_unknown(fake: FakeSlack) -> None:
    slack = Slack(TOKEN, fake.url.replace("http:", "https:"), timeout=1)
    outcome, reason = refusal(slack)
    assert outcome is Outcome.UNKNOWN
    assert reason.startswith("SSL")


def test_a_server_that_does_not_accept_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        slack = Slack(TOKEN, f"http://127.0.0.1:{port}/api/", timeout=1)
        assert refusal(slack) == (Outcome.UNKNOWN, "TimeoutError")


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("30", 30),
        ("0", 0),
        (None, None),
        ("soon", None),
        ("1.5", None),
        ("9" * 400, 86_400),
    ],
)
def test_a_429_carries_slacks_own_wait(
    fake: FakeSlack, slack: Slack, asked: str | None, waits: float | None
) -> None:
    fake.fail("chat.postMessage", ratelimited(asked))
    with pytest.raises(DeliveryError) as caught:
        post(slack)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.retry_after == waits


def test_no_answer_is_quoted_in_a_reason(fake: FakeSlack, slack: Slack) -> None:
    fake.fail("chat.postMessage", garbled(b"<html>Kari Nordli</html>"))
    with pytest.raises(DeliveryError) as caught:
        post(slack)
    assert "Kari" not in str(caught.value)


def test_whoami_names_the_workspace_and_the_scopes(slack: Slack) -> None:
    team, scopes = slack.whoami()
    assert team == "Fjord Bank"
    assert set(SCOPES) <= scopes


def test_a_wrong_token_is_refused(fake: FakeSlack) -> None:
    with pytest.raises(DeliveryError) as caught:
        Slack("xoxb-wrong", fake.url).whoami()
    assert caught.value.outcome is Outcome.TOKEN
    assert "xoxb" not in str(caught.value)


def test_a_person_is_found_and_their_channel_opened(slack: Slack) -> None:
    member = slack.lookup(INGRID)
    assert (member.id, member.name) == ("U1", "Ingrid")
    assert slack.open(member.id) == "DU1"


def test_a_stranger_is_no_route(slack: Slack) -> None:
    with pytest.raises(DeliveryError, match="users_not_found") as caught:
        slack.lookup("nobody@example.org")
    assert caught.value.outcome is Outcome.ROUTE


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (refuse("a_code_of_next_year"), Outcome.ROUTE),
        (refuse("internal_error"), Outcome.UNKNOWN),
        (http(503, b'{"ok": false, "error": "a_proxy_says_so"}'), Outcome.UNKNOWN),
        (http(200), Outcome.UNKNOWN),
        (reset(effect=False), Outcome.UNKNOWN),
    ],
    ids=["a clear no", "ambiguous", "a broken server", "a page", "reset"],
)
def test_a_clear_no_on_the_way_to_a_person_means_no_route(
    fake: FakeSlack, slack: Slack, fault: Fault, outcome: Outcome
) -> None:
    fake.fail("users.lookupByEmail", fault)
    fake.fail("conversations.open", fault)
    for ask in (lambda: slack.lookup(INGRID), lambda: slack.open("U1")):
        with pytest.raises(DeliveryError) as caught:
            ask()
        assert caught.value.outcome is outcome


def test_a_deactivated_person_is_no_route(fake: FakeSlack, slack: Slack) -> None:
    fake.users[INGRID].deleted = True
    for ask in (lambda: slack.lookup(INGRID), lambda: slack.open("U1")):
        with pytest.raises(DeliveryError, match="user_disabled") as caught:
            ask()
        assert caught.value.outcome is Outcome.ROUTE


def test_an_answer_without_a_channel_is_no_dm(fake: FakeSlack, slack: Slack) -> None:
    fake.fail("conversations.open", garbled(b'{"ok": true}'))
    with pytest.raises(DeliveryError) as caught:
        slack.open("U1")
    assert caught.value.outcome is Outcome.NOT_SENT


def test_a_message_carries_its_key_and_nothing_else(
    fake: FakeSlack, slack: Slack
) -> None:
    assert post(slack, "#leads") == ("C1", fake.messages[0].ts)
    assert fake.messages[0].metadata == {
        "event_type": "svar_notice",
        "event_payload": {"key": "k1"},
    }


def test_a_plain_message_has_no_blocks(fake: FakeSlack, slack: Slack) -> None:
    slack.post("C1", MESSAGE, "k1", plain=True)
    assert (fake.messages[0].text, fake.messages[0].blocks) == ("A. K. waits", [])


@pytest.mark.parametrize("number", [51, 200])
def test_blocks_over_slacks_limit_are_a_fault_of_form(
    slack: Slack, number: int
) -> None:
    with pytest.raises(DeliveryError) as caught:
        slack.post("C1", Message("long", [SECTION] * number), "k1", plain=False)
    assert (caught.value.outcome, caught.value.reason) == (
        Outcome.FORM,
        "invalid_blocks",
    )


def test_a_message_is_found_by_its_key_over_many_pages(
    fake: FakeSlack, slack: Slack
) -> None:
    fake.page = 2
    sent = {key: post(slack, key=key)[1] for key in "abcdefg"}
    for key, ts in sent.items():
        assert slack.find("C1", key, since=MONDAY) == [ts]
    assert slack.find("C1", "z", since=MONDAY) == []
    assert slack.find("DU1", "a", since=MONDAY) == []


def test_no_older_message_is_looked_through(fake: FakeSlack, slack: Slack) -> None:
    post(slack)
    assert slack.find("C1", "k1", since=MONDAY + timedelta(minutes=61)) == []


def test_a_message_without_metadata_is_not_ours(fake: FakeSlack, slack: Slack) -> None:
    post(slack, key="other")
    fake.messages[0].metadata = {}
    assert slack.find("C1", "k1", since=MONDAY) == []


def test_a_history_that_may_not_be_read_is_no_fault_of_the_token(
    fake: FakeSlack, slack: Slack
) -> None:
    fake.scopes.remove("channels:history")
    with pytest.raises(DeliveryError) as caught:
        slack.find("C1", "k1", since=MONDAY)
    assert (caught.value.outcome, caught.value.reason) == (
        Outcome.ROUTE,
        "missing_scope",
    )


def test_a_wrong_token_finds_nothing_and_says_so(fake: FakeSlack, slack: Slack) -> None:
    fake.token = "xoxb-another"  # noqa: S105 - opens nothing
    with pytest.raises(DeliveryError) as caught:
        slack.find("C1", "k1", since=MONDAY)
    assert caught.value.outcome is Outcome.TOKEN


def test_an_edit_changes_the_message_in_its_place(
    fake: FakeSlack, slack: Slack
) -> None:
    channel, ts = post(slack)
    assert slack.update(channel, ts, EDITED, plain=False)
    assert [each.shown for each in fake.messages] == ["~A.~"]


def test_a_plain_edit_takes_the_blocks_away(fake: FakeSlack, slack: Slack) -> None:
    channel, ts = post(slack)
    assert slack.update(channel, ts, EDITED, plain=True)
    assert [each.shown for each in fake.messages] == ["answered"]


@pytest.mark.parametrize(
    "code",
    ["message_not_found", "cant_update_message", "edit_window_closed", "is_archived"],
)
def test_a_message_out_of_reach_is_not_edited(
    fake: FakeSlack, slack: Slack, code: str
) -> None:
    channel, ts = post(slack)
    fake.fail("chat.update", refuse(code))
    assert not slack.update(channel, ts, EDITED, plain=False)


def test_an_edit_that_may_work_later_is_an_error(fake: FakeSlack, slack: Slack) -> None:
    channel, ts = post(slack)
    fake.fail("chat.update", ratelimited("3"))
    with pytest.raises(DeliveryError):
        slack.update(channel, ts, EDITED, plain=False)
