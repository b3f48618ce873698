"""What each message of a person is to one application, as the mailbox counts it."""

import pytest

from monitor.attribution import (
    Bearing,
    Direction,
    Mailbox,
    Message,
    MessageKind,
    Sending,
    weigh,
)
from monitor.model import Channel
from tests.unit.rows.letters import kari, mail

SOON, BEFORE = "2026-09-07 09:30", "2026-09-01 10:00"


MESSAGES = [
    pytest.param(mail(), Bearing.REPLY, id="a person's mail"),
    pytest.param(mail(kind=MessageKind.STATUS), Bearing.REPLY, id="a letter"),
    pytest.param(mail(kind=MessageKind.AUTO), Bearing.REPLY, id="a late automatic one"),
    pytest.param(mail(SOON, kind=MessageKind.AUTO), Bearing.RECEIPT, id="receipt"),
    pytest.param(mail(kind=MessageKind.NOTE), Bearing.NOTE, id="note"),
    pytest.param(mail(kind=MessageKind.DRAFT), Bearing.DRAFT, id="draft"),
    pytest.param(mail(delivery=Sending.QUEUED), Bearing.UNSENT, id="in the queue"),
    pytest.param(mail(delivery=Sending.FAILED), Bearing.UNSENT, id="bounced"),
    pytest.param(mail(direction=Direction.IN), Bearing.INBOUND, id="Kari wrote"),
    pytest.param(mail(BEFORE), Bearing.EARLY, id="outreach"),
    pytest.param(
        mail(BEFORE, application_id="A1"), Bearing.EARLY, id="outreach for this job"
    ),
    pytest.param(
        mail(BEFORE, application_id="A1", delivery=Sending.QUEUED),
        Bearing.UNSENT,
        id="outreach in the queue",
    ),
    pytest.param(
        mail(channel=Channel.PHONE, delivery=Sending.FAILED),
        Bearing.IN_VAIN,
        id="a call in vain",
    ),
]


@pytest.mark.parametrize(("message", "bearing"), MESSAGES)
def test_a_message_is_weighed_for_what_it_is(
    message: Message, bearing: Bearing
) -> None:
    assert weigh(message, kari(), [kari()]).bearing is bearing


@pytest.mark.parametrize(("message", "bearing"), MESSAGES)
def test_only_what_is_weighed_as_a_reply_is_one_to_the_mailbox(
    message: Message, bearing: Bearing
) -> None:
    box = Mailbox()
    box.add(message)
    [row] = box.attribute([kari()])
    assert (row.last_reply_at is not None) == (bearing is Bearing.REPLY)
    assert (row.receipt_at is not None) == (bearing is Bearing.RECEIPT)
    assert (row.last_inbound_at is not None) == (bearing is Bearing.INBOUND)


def test_a_message_about_another_job_says_which() -> None:
    group = [kari(), kari(2, job_title="Controller")]
    for message in (
        mail(application_id="A2"),
        mail(subject_hint="Your application as Controller"),
    ):
        weighed = weigh(message, group[0], group)
        assert (weighed.bearing, weighed.other) == (Bearing.OTHER, "A2")


def test_a_message_that_may_be_about_either_job_is_unclear() -> None:
    group = [kari(), kari(2)]
    assert weigh(mail(), group[0], group).bearing is Bearing.UNCLEAR
