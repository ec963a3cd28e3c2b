"""How far a run is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """A progress line with the time left on standard error, in log files too.

    Args:
        quiet: Show nothing.
    """

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bars: dict[str, tqdm[Any]] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._advance

    def __exit__(self, *_: object) -> None:
        for bar in self._bars.values():
            bar.close()

    def _advance(self, what: str, done: int, total: int) -> None:
        if what not in self._bars:
            from tqdm import tqdm

            # The first is done already: begun here, its time would not be counted.
            self._bars[what] = tqdm(desc=what, total=total, disable=self._quiet, mininterval=2, initial=done)
        bar = self._bars[what]
        bar.update(done - bar.n)
        if done == total:
            bar.close()
