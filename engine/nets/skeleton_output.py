"""What every skeleton network returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, slots=True)
class SkeletonOutput:
    """Logits and scales at the size of the input.

    Args:
        types: (B, K + 1, H, W) logits of background and the K scale types; K = 1 for a network without types (HED).
        scale: (B, 1, H, W) diameter of the inscribed circle, pixels of the input; None when it is not regressed.
        side: Side outputs, finest first: (B, C_i, H, W) logits, background first.
        side_scale: Regression of each side output, (B, 1, H, W), normalised: y = 2 d / r_i - 1 (LMSDS).
        extra: Further maps that a network learns beside, by name.
    """

    types: Tensor
    scale: Tensor | None = None
    side: tuple[Tensor, ...] = ()
    side_scale: tuple[Tensor, ...] = ()
    extra: dict[str, Tensor] = field(default_factory=dict)

    def probability(self) -> Tensor:
        """(B, H, W) float32 probability of the skeleton: one minus that of background."""
        return 1 - self.types.float().softmax(1)[:, 0]
