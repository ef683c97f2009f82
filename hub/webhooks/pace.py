"""How patiently webhooks are told."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, but for `age`, `width` and `most_in_all`.

    `look` is how soon a new webhook, or the end of another sender, is noticed; `lease` how long a
    sender that died keeps the others waiting; `poll` how long the platform keeps a call open;
    `rest` how long a platform in trouble is left alone. A message that is not taken is sent again
    after a random part of `first`, doubled each time up to `longest`, until it is of this `age`.
    An answer must come within `timeout`; `width` messages go to one receiver at a time.
    """

    look: float = 10.0
    lease: float = 30.0
    renew: float = 5.0
    poll: float = 25.0
    rest: float = 2.0
    timeout: float = 10.0
    first: float = 1.0
    longest: float = 900.0
    age: timedelta = timedelta(days=3)
    width: int = 8
    most_in_all: int = 64
