"""What a second call may cost, and when a first one is late."""

from collections import deque


class Means:
    """One call of `of` may be made twice, saved up to `most`: never more since the beginning.

    There is plenty while more than half of that is saved.
    """

    def __init__(self, of: int = 20, most: int = 10) -> None:
        self._of = of
        self._most = of * most
        self._saved = 0  # in shares of a call, so that nothing is lost in rounding

    def save(self) -> None:
        """Note a call."""
        self._saved = min(self._saved + 1, self._most)

    @property
    def enough(self) -> bool:
        """Whether a call may be made twice now."""
        return self._saved >= self._of

    @property
    def plenty(self) -> bool:
        """Whether a call may be made twice that others may need less."""
        return self._saved >= self._of and self._saved > self._most // 2

    def spend(self) -> None:
        """Note a second call; one that had to be made without means leaves nothing saved."""
        self._saved = max(self._saved - self._of, 0)


class Usual:
    """How long the last `remembered` calls took; `known` of them must be known before one is late.

    Within `soon` none is, however fast the others were: so long our own loop may take as well.
    """

    def __init__(
        self, remembered: int = 200, known: int = 20, anew: int = 10, soon: float = 0.01
    ) -> None:
        self._took: deque[float] = deque(maxlen=remembered)
        self._known = known
        self._anew = anew  # how often what is late is reckoned anew
        self._soon = soon
        self._since = 0
        self.late: float | None = None
        """Seconds within which 95 of 100 calls were answered; none while too little is known."""

    def took(self, seconds: float) -> None:
        """Note how long a call took that was answered."""
        self._took.append(seconds)
        self._since += 1
        if len(self._took) >= self._known and (self._since >= self._anew or self.late is None):
            self._since = 0
            self.late = max(self._soon, sorted(self._took)[len(self._took) * 95 // 100])
