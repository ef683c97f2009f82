"""The server's clock."""

from connectors.clocks import ServerClock


def test_learn() -> None:
    """A noticeable difference is taken over; a second or none at all is not."""
    clock = ServerClock(lambda: 1000.0)

    assert not clock.learn(None)
    assert not clock.learn(1001.5)
    assert not clock.learn(1e18)
    assert clock.now() == 1000.0
    assert clock.learn(1090.0)
    assert (clock.now(), clock.offset) == (1090.0, 90.0)
    assert not clock.learn(1090.5)
    assert clock.learn(1000.0)
    assert clock.offset == 0.0


def test_request_time_has_13_digits() -> None:
    """A `requestTime` is epoch milliseconds."""
    assert ServerClock(lambda: 1760000000.5).now_ms() == "1760000000500"
