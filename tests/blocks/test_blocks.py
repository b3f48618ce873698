"""Every kind of message is what Slack's own models and limits allow.

`.ci/blocks` holds the same messages against Slack's types for TypeScript as well:
neither check finds all that the other does.
"""

import pytest
from slack_sdk.models.blocks import Block

from monitor.language import Language
from monitor.messages import Message
from tests import fakes
from tests.blocks import kinds

EVERY = dict(kinds.every())


@pytest.mark.parametrize("name", EVERY)
def test_slacks_own_models_take_the_message_as_it_is(name: str) -> None:
    blocks = EVERY[name].blocks
    parsed = Block.parse_all(blocks)
    for each in parsed:
        each.validate_json()
    # A key that the models do not know would be gone.
    assert [each.to_dict() for each in parsed] == blocks


@pytest.mark.parametrize("name", EVERY)
def test_the_message_keeps_slacks_limits(name: str) -> None:
    message = EVERY[name]
    assert message.blocks
    fakes._check({"text": message.text, "blocks": message.blocks})
    fakes._check({"text": message.text})  # as plain text alone


def test_each_kind_is_said_in_each_language_in_its_own_words() -> None:
    by_kind: dict[str, list[Message]] = {}
    for name, message in EVERY.items():
        by_kind.setdefault(name.rpartition("_")[0], []).append(message)
    for name, said in by_kind.items():
        assert len({message.text for message in said}) == len(Language), name


def test_what_is_cut_is_counted() -> None:
    cut = [name for name in EVERY if name.startswith("digest_that_is_cut")]
    assert len(cut) == len(Language)
    for name in cut:
        assert len(EVERY[name].blocks) > 3
        assert any(letter.isdigit() for letter in str(EVERY[name].blocks[-1]))
