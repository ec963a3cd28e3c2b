"""Everything a person has told about the object, as one value: equal prompts have equal answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.crop.prompts import Box, Click


@dataclass(frozen=True, slots=True)
class Prompts:
    """Clicks, box and the chosen reading.

    Args:
        clicks: In the order they were made.
        box: Drawn around the object, or None.
        candidate: Index of the reading chosen by hand; None takes the best.
    """

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
    candidate: int | None = None

    @property
    def empty(self) -> bool:
        """Nothing yet that could select an object."""
        return not self.clicks and self.box is None

    # A new prompt changes what the readings are, so a choice among the old ones does not outlive it; a new click
    # remembers which of them it corrects.

    def with_click(self, click: Click) -> Prompts:
        return Prompts((*self.clicks, replace(click, builds_on=self.candidate)), self.box)

    def with_click_replaced(self, index: int, click: Click) -> Prompts:
        return Prompts((*self.clicks[:index], click, *self.clicks[index + 1 :]), self.box)

    def without_click(self, index: int) -> Prompts:
        return Prompts(self.clicks[:index] + self.clicks[index + 1 :], self.box)

    def with_box(self, box: Box | None) -> Prompts:
        return Prompts(self.clicks, box)

    def with_candidate(self, candidate: int) -> Prompts:
        return replace(self, candidate=candidate)
