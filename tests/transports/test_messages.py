"""Reading the protocol's messages, the part that needs no socket."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from resolvers.transports.messages import (
    LONGEST_REASON,
    Close,
    Complete,
    Init,
    Ping,
    Pong,
    Subscribe,
    read_message,
    running_already,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next"])
PAYLOADS = JSON | st.fixed_dictionaries(
    {},
    optional={"query": JSON, "variables": JSON, "operationName": JSON, "authorization": JSON},
)
MESSAGES = st.fixed_dictionaries(
    {}, optional={"type": TYPES | JSON, "id": JSON, "payload": PAYLOADS}
)


@given(st.text() | MESSAGES.map(lambda one: orjson.dumps(one).decode()))
def test_whatever_comes_is_a_message_or_a_close(text: str) -> None:
    """Nothing raises, and every close fits into its frame."""
    read = read_message(text)

    assert isinstance(read, Init | Ping | Pong | Subscribe | Complete | Close)
    if isinstance(read, Close):
        assert read.code == 4400
        assert len(read.reason.encode()) <= LONGEST_REASON


@given(st.text())
def test_every_id_fits_into_the_frame_that_names_it(id: str) -> None:
    """Long ones are cut, between letters."""
    reason = running_already(id).reason

    assert len(reason.encode()) <= LONGEST_REASON
    assert reason.startswith("Subscriber for ")


def test_nobody_is_shown_by_a_message() -> None:
    """Keys, variables and what pings carry stay out of a message's repr."""
    secret = "330203199003076712"
    for given_type, payload in (
        ("connection_init", {"authorization": secret}),
        ("ping", {"a": secret}),
        ("subscribe", {"query": secret, "variables": {"a": secret}}),
    ):
        text = orjson.dumps({"type": given_type, "id": "1", "payload": payload}).decode()
        assert secret not in repr(read_message(text))
