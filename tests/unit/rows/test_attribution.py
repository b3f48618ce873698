"""Which message answers which application; what is unclear answers none."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.attribution import Direction, Mailbox, Message, MessageKind, Sending
from monitor.model import Application, Channel
from tests.builders import application, at
from tests.unit.rows.letters import kari, mail


def read(group: list[Application], *mails: Message) -> list[Application]:
    box = Mailbox()
    for each in mails:
        box.add(each)
    return box.attribute(group)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        pytest.param({}, True, id="a person's mail"),
        pytest.param({"kind": MessageKind.STATUS}, True, id="a letter of the system"),
        pytest.param({"delivery": None}, True, id="no word on the delivery"),
        pytest.param({"kind": MessageKind.NOTE}, False, id="an internal note"),
        pytest.param({"kind": MessageKind.DRAFT}, False, id="a draft"),
        pytest.param({"delivery": Sending.QUEUED}, False, id="still in the queue"),
        pytest.param({"delivery": Sending.FAILED}, False, id="bounced"),
        pytest.param({"candidate_email": "b@example.org"}, False, id="someone else"),
        pytest.param({"candidate_email": None}, False, id="to nobody"),
        pytest.param({"direction": Direction.IN}, False, id="the candidate wrote"),
    ],
)
def test_only_what_reached_the_candidate_is_a_reply(
    changed: dict[str, Any], *, counts: bool
) -> None:
    [found] = read([kari(1)], mail("2026-09-08 10:00", **changed))
    expected = at("2026-09-08 10:00") if counts else None
    assert (found.first_reply_at, found.last_reply_at) == (expected, expected)


@pytest.mark.parametrize(
    ("kind", "sent_at", "field"),
    [
        (MessageKind.AUTO, "2026-09-07 10:00", "receipt_at"),
        (MessageKind.AUTO, "2026-09-07 10:01", "first_reply_at"),
        (MessageKind.HUMAN, "2026-09-07 09:05", "first_reply_at"),
    ],
    ids=["automatic within the hour", "automatic later", "a quick person"],
)
def test_a_receipt_is_automatic_and_comes_within_the_hour(
    kind: MessageKind, sent_at: str, field: str
) -> None:
    [found] = read([kari(1)], mail(sent_at, kind=kind))
    said = {name: getattr(found, name) for name in ("receipt_at", "first_reply_at")}
    assert {name for name, value in said.items() if value} == {field}


def test_mail_from_the_candidate_is_kept_apart() -> None:
    inbound = [
        mail("2026-09-08 10:00", direction=Direction.IN),
        mail("2026-09-09 10:00", direction=Direction.IN),
    ]
    [found] = read([kari(1)], *reversed(inbound))
    assert found.last_inbound_at == at("2026-09-09 10:00")
    assert found.last_reply_at is None


def test_what_the_source_knew_itself_stays() -> None:
    row = kari(
        1,
        first_reply_at=at("2026-09-08 09:00"),
        last_reply_at=at("2026-09-12 09:00"),
        last_written_at=at("2026-09-12 09:00"),
        receipt_at=at("2026-09-07 09:01"),
    )
    [found] = read(
        [row],
        mail("2026-09-10 09:00"),
        mail("2026-09-07 09:30", kind=MessageKind.AUTO),
    )
    assert found == row


def test_first_and_last_reply_are_told_apart() -> None:
    mails = [mail("2026-09-10 09:00"), mail("2026-09-08 09:00")]
    [found] = read([kari(1)], *mails)
    assert found.first_reply_at == at("2026-09-08 09:00")
    assert found.last_reply_at == at("2026-09-10 09:00")


@pytest.mark.parametrize("named", ["A1", None], ids=["by its id", "by address"])
@pytest.mark.parametrize("kind", [MessageKind.HUMAN, MessageKind.AUTO])
def test_outreach_before_they_applied_is_no_reply(
    named: str | None, kind: MessageKind
) -> None:
    row = kari(1)
    before = row.applied_at - timedelta(seconds=1)
    letter = mail("2026-09-01 10:00", application_id=named, kind=kind)
    assert read([row], letter._replace(sent_at=before)) == [row]


def test_whatever_became_of_it_a_candidates_mail_arrived() -> None:
    letter = mail("2026-09-08 10:00", direction=Direction.IN, delivery=Sending.FAILED)
    [found] = read([kari(1)], letter)
    assert found.last_inbound_at == at("2026-09-08 10:00")


def test_an_application_without_mail_is_left_as_it_is() -> None:
    row = application(candidate_email=None)
    assert read([row], mail("2026-09-08 10:00")) == [row]


# --- which of several applications ---


def answered(group: list[Application], *mails: Message) -> list[str]:
    return [each.application_id for each in read(group, *mails) if each.last_reply_at]


def test_the_id_in_a_message_decides() -> None:
    to_second = mail("2026-09-08 10:00", application_id="A2", subject_hint="Nurse")
    group = [kari(1), kari(2, job_title="Controller")]
    assert answered(group, to_second) == ["A2"]


def test_the_only_application_by_then_is_meant() -> None:
    group = [kari(1), kari(2, applied_at=at("2026-09-09 09:00"))]
    assert answered(group, mail("2026-09-09 08:59")) == ["A1"]


def test_applied_in_the_same_instant_is_applied_by_then() -> None:
    group = [kari(1, applied_at=at("2026-09-08 09:00"))]
    assert answered(group, mail("2026-09-08 09:00")) == ["A1"]
    assert answered(group, mail("2026-09-08 08:59")) == []


@pytest.mark.parametrize("column", ["stage_entered_at", "shared_at", "decided_at"])
@pytest.mark.parametrize(
    ("seconds", "found"), [(-120, ["A2"]), (120, ["A2"]), (-121, []), (121, [])]
)
def test_a_status_change_within_two_minutes_is_meant(
    column: str, seconds: int, found: list[str]
) -> None:
    changed_at = at("2026-09-09 12:00")
    letter = mail("2026-09-09 12:00")
    letter = letter._replace(sent_at=changed_at + timedelta(seconds=seconds))
    group = [kari(1), kari(2, **{column: changed_at})]
    assert answered(group, letter) == found


def test_the_job_title_in_the_subject_is_meant() -> None:
    group = [kari(1, job_title="Nurse"), kari(2, job_title="Controller")]
    letter = mail("2026-09-09 12:00", subject_hint="Your application, CONTROLLER")
    assert answered(group, letter) == ["A2"]


@pytest.mark.parametrize(
    ("titles", "hint"),
    [
        pytest.param(("Nurse", "Nurse"), "Nurse", id="two of one title"),
        pytest.param(("Nurse", "Head nurse"), "Head nurse", id="one within the other"),
        pytest.param(("Nurse", "Controller"), None, id="no subject"),
        pytest.param((None, None), "Nurse", id="no titles"),
        pytest.param(("Nurse", "Controller"), "Hello", id="about neither"),
    ],
)
def test_what_is_unclear_answers_nobody_and_is_counted(
    titles: tuple[str | None, str | None], hint: str | None
) -> None:
    group = [kari(n, job_title=title) for n, title in enumerate(titles, 1)]
    box = Mailbox()
    box.add(mail("2026-09-09 12:00", subject_hint=hint))
    assert box.attribute(group) == group
    assert box.ambiguous == 1


def test_a_mail_from_before_they_applied_is_not_unclear() -> None:
    box = Mailbox()
    box.add(mail("2026-09-01 12:00"))
    group = [kari(1), kari(2)]
    assert box.attribute(group) == group
    assert box.ambiguous == 0


# --- told the outcome ---


@pytest.mark.parametrize(
    ("sent_at", "told_at"),
    [
        pytest.param("2026-09-10 13:00", "2026-09-10 13:00", id="afterwards"),
        pytest.param("2026-09-10 11:58", "2026-09-10 12:00", id="logged just before"),
        pytest.param("2026-09-10 11:57", None, id="before the decision"),
    ],
)
def test_the_first_letter_after_the_decision_tells_the_outcome(
    sent_at: str, told_at: str | None
) -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    [found] = read([row], mail(sent_at), mail("2026-09-08 12:00"))
    assert found.told_at == (at(told_at) if told_at else None)
    assert found.told_by == (Channel.EMAIL if told_at else None)


@pytest.mark.parametrize(
    ("called_at", "told_by"),
    [("2026-09-10 11:00", Channel.PHONE), ("2026-09-10 10:59", None)],
)
def test_a_call_up_to_an_hour_before_the_decision_tells_it_from_then_on(
    called_at: str, told_by: Channel | None
) -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    [found] = read([row], call(called_at))
    assert found.told_by is told_by
    assert found.told_at == (row.decided_at if told_by else None)
    assert found.called_at == at(called_at)


def test_a_call_before_the_decision_tells_it_before_a_letter_does() -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    [found] = read([row], call("2026-09-10 11:10"), mail("2026-09-10 11:59"))
    assert (found.told_at, found.told_by) == (row.decided_at, Channel.PHONE)


def test_a_job_that_closes_tells_nobody_anew() -> None:
    told = {"told_at": at("2026-09-20 12:00"), "told_by": Channel.PORTAL}
    closed = {"job_closed_at": at("2026-11-02 12:00")}
    row = kari(1, decided_at=at("2026-09-20 11:00"), **told, **closed)
    [found] = read([row], mail("2026-11-02 12:01"))
    assert (found.told_at, found.told_by) == (row.told_at, Channel.PORTAL)


def test_only_the_first_letter_after_the_decision_counts_as_telling() -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    [found] = read([row], mail("2026-09-12 12:00"), mail("2026-09-11 12:00"))
    assert found.told_at == at("2026-09-11 12:00")


def test_a_call_that_told_them_stays_a_call() -> None:
    called = at("2026-09-10 13:00")
    row = kari(
        1,
        decided_at=at("2026-09-10 12:00"),
        told_at=called,
        told_by=Channel.PHONE,
    )
    [found] = read([row], mail("2026-09-11 12:00"))
    assert (found.told_at, found.told_by) == (called, Channel.PHONE)


def test_a_reply_before_any_decision_tells_no_outcome() -> None:
    [found] = read([kari(1)], mail("2026-09-11 12:00"))
    assert (found.told_at, found.told_by) == (None, None)


def test_who_told_them_first_is_who_told_them() -> None:
    row = kari(
        1,
        decided_at=at("2026-09-10 12:00"),
        told_at=at("2026-09-12 09:00"),
        told_by=Channel.PHONE,
    )
    [found] = read([row], mail("2026-09-11 12:00"))
    assert (found.told_at, found.told_by) == (at("2026-09-11 12:00"), Channel.EMAIL)


# --- calls ---


def call(sent_at: str, **changed: Any) -> Message:
    return mail(sent_at, **{"channel": Channel.PHONE} | changed)


def in_vain(sent_at: str) -> Message:
    return call(sent_at, delivery=Sending.FAILED)


def test_a_call_is_a_reply_and_nothing_written() -> None:
    [found] = read([kari(1)], call("2026-09-08 10:00"), call("2026-09-09 10:00"))
    assert found.first_reply_at == at("2026-09-08 10:00")
    assert found.last_reply_at == found.called_at == at("2026-09-09 10:00")
    assert found.last_written_at is None


def test_calls_and_mail_are_kept_apart() -> None:
    letters = [mail("2026-09-08 10:00"), call("2026-09-09 10:00")]
    [found] = read([kari(1)], *letters, mail("2026-09-10 10:00", channel=Channel.SMS))
    assert found.called_at == at("2026-09-09 10:00")
    assert found.last_written_at == at("2026-09-10 10:00")


def test_a_receipt_is_nothing_written() -> None:
    [found] = read([kari(1)], mail("2026-09-07 09:01", kind=MessageKind.AUTO))
    assert found.last_written_at is None


@pytest.mark.parametrize(
    ("channel", "told_by"),
    [
        (None, Channel.EMAIL),
        (Channel.PHONE, Channel.PHONE),
        (Channel.PORTAL, Channel.PORTAL),
    ],
)
def test_the_outcome_is_told_over_the_channel_of_its_message(
    channel: Channel | None, told_by: Channel
) -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    letters = mail("2026-09-11 12:00", channel=channel), mail("2026-09-12 12:00")
    [found] = read([row], *letters)
    assert (found.told_at, found.told_by) == (at("2026-09-11 12:00"), told_by)


def test_a_call_and_a_mail_logged_at_once_are_a_call() -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    letters = mail("2026-09-10 11:59"), call("2026-09-10 12:00")
    [found] = read([row], *letters)
    assert (found.told_at, found.told_by) == (row.decided_at, Channel.PHONE)


def test_a_candidates_call_is_no_call_of_ours() -> None:
    [found] = read([kari(1)], call("2026-09-08 10:00", direction=Direction.IN))
    assert (found.called_at, found.last_inbound_at) == (None, at("2026-09-08 10:00"))


@pytest.mark.parametrize(
    ("attempts", "unreached_at"),
    [
        pytest.param(["2026-09-11 12:00"], None, id="one"),
        pytest.param(
            ["2026-09-14 12:00", "2026-09-12 12:00", "2026-09-11 12:00"],
            "2026-09-12 12:00",
            id="the second of three",
        ),
        pytest.param(
            ["2026-09-09 12:00", "2026-09-11 12:00"], None, id="one before the decision"
        ),
        pytest.param(
            ["2026-09-10 11:59", "2026-09-11 12:00"],
            "2026-09-11 12:00",
            id="one logged just before it",
        ),
        pytest.param(
            ["2026-09-10 11:00", "2026-09-10 11:30"],
            "2026-09-10 12:00",
            id="both within the hour before it",
        ),
        pytest.param(
            ["2026-09-10 10:59", "2026-09-10 11:30"], None, id="one too long before"
        ),
    ],
)
def test_the_second_call_in_vain_since_the_decision_is_told(
    attempts: list[str], unreached_at: str | None
) -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    [found] = read([row], *map(in_vain, attempts))
    expected = at(unreached_at) if unreached_at else None
    assert found == row._replace(unreached_at=expected)


def test_calls_in_vain_before_any_decision_change_nothing() -> None:
    row = kari(1)
    attempts = in_vain("2026-09-11 12:00"), in_vain("2026-09-12 12:00")
    assert read([row], *attempts) == [row]


def test_a_planned_call_is_no_call_in_vain() -> None:
    row = kari(1, decided_at=at("2026-09-10 12:00"))
    planned = [call(f"2026-09-1{day} 12:00", delivery=Sending.QUEUED) for day in (1, 2)]
    assert read([row], *planned) == [row]


def test_what_the_source_knew_of_calls_stays() -> None:
    row = kari(
        1,
        decided_at=at("2026-09-10 12:00"),
        called_at=at("2026-09-15 12:00"),
        unreached_at=at("2026-09-11 12:00"),
    )
    attempts = in_vain("2026-09-12 12:00"), in_vain("2026-09-13 12:00")
    [found] = read([row], *attempts, call("2026-09-14 12:00"))
    assert found.called_at == at("2026-09-15 12:00")
    assert found.unreached_at == at("2026-09-11 12:00")
