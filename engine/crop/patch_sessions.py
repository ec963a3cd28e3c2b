"""DeepMask, DeepCropV1 and DeepCropV2 as sessions: proposals for the clicks, of which the clicks choose."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import torch

from engine.crop.baselines import Asked, Prompted, check_cancelled, check_candidate, thumbnail_size
from engine.crop.patch import confidence, segment_patch, squash, to_tensor
from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click
from engine.crop.proposals import (
    Proposal,
    View,
    best_proposals,
    overlap,
    scan_click,
    scan_photo,
    view_box,
)
from engine.device import Device
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid
from engine.nets.deepcrop_v1 import DeepCropV1
from engine.nets.deepcrop_v2 import DeepCropV2
from engine.nets.deepmask import PATCH, RING, DeepMask
from engine.weights import load_net

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

LOOKED_AT = 100
"""Windows whose mask is computed for a click, best score first."""
DISTINCT = 0.7
"""Two proposals with a larger IoU are the same candidate."""
CANDIDATES = 3


class _ProposalSession(Prompted, ABC):
    """A method that proposes masks for a point or a box, of which the clicks then choose.

    With several clicks, every positive one makes its proposals and all of them compete: first by the number of clicks
    that a mask agrees with, then by score. A box is taken at its word: it says where the object is and how large.
    """

    threshold = 0.5
    """Probability from which a pixel belongs to a mask. The published 0.2 suits proposals that are counted by recall,
    not the IoU of one mask."""

    def __init__(self, photo: Photo) -> None:
        super().__init__(photo)
        self._known: dict[tuple[float, float], list[Proposal]] = {}

    @abstractmethod
    def _under(self, x: float, y: float, cancelled: Asked) -> list[Proposal]:
        """Proposals for the source point (x, y)."""

    @abstractmethod
    def _boxed(self, box: Box, x: float, y: float) -> list[Proposal]:
        """Proposals for what fills a box, clicked at (x, y)."""

    def predict(self, *, candidate: int | None = None, cancelled: Asked = None) -> Prediction:
        """Segment with the present prompts; up to `CANDIDATES` different masks are offered."""
        start = perf_counter()
        width, height = self.photo.size
        ranked = self._ranked(cancelled)
        if not ranked:
            check_candidate(candidate, 1)
            return Prediction.empty(width, height)
        offered = _distinct(ranked)
        check_candidate(candidate, len(offered))
        chosen = candidate or 0
        patch, left, top = offered[chosen].render(width, height, self.threshold)
        return Prediction(
            width,
            height,
            left,
            top,
            patch,
            offered[chosen].score,
            tuple(Candidate(p.score, self._thumbnail(p)) for p in offered),
            chosen,
            perf_counter() - start,
        )

    def _ranked(self, cancelled: Asked) -> list[Proposal]:
        positive = [click for click in self.clicks if click.positive]
        if self.box:
            x, y = (positive[-1].x, positive[-1].y) if positive else self.box.centre
            return self._boxed(self.box, x, y)
        proposals = []
        for click in positive:
            key = click.x, click.y
            if key not in self._known:
                self._known[key] = self._under(*key, cancelled)
            proposals += self._known[key]

        def agreement(proposal: Proposal) -> tuple[int, float]:
            agreed = sum((proposal.at(c.x, c.y) >= self.threshold) == c.positive for c in self.clicks)
            return agreed, proposal.score

        return sorted(proposals, key=agreement, reverse=True)

    def _thumbnail(self, proposal: Proposal) -> U8:
        width, height = self.photo.size
        columns, rows = thumbnail_size(width, height)
        x0, y0, x1, y1 = proposal.box
        fx, fy = columns / width, rows / height
        small = Proposal(proposal.score, (x0 * fx, y0 * fy, x1 * fx, y1 * fy), proposal.mask)
        patch, left, top = small.render(columns, rows, self.threshold)
        thumbnail = np.zeros((rows, columns), np.uint8)
        thumbnail[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
        return thumbnail


class DeepMaskSession(_ProposalSession):
    """DeepMask over the whole photo; of its proposals, the best one under the click.

    Args:
        photo: The photo.
        net: In eval mode.
    """

    def __init__(self, photo: Photo, net: DeepMask) -> None:
        super().__init__(photo)
        self._net = net
        self._pyramid = Pyramid(photo.rgb8)
        self._views: list[View] | None = None

    def _under(self, x: float, y: float, cancelled: Asked) -> list[Proposal]:
        if self._views is None:
            self._views = scan_photo(self._net, self._pyramid, cancelled=cancelled)
        return best_proposals(self._net, self._views, LOOKED_AT, (x, y), self.threshold)

    def _boxed(self, box: Box, x: float, y: float) -> list[Proposal]:
        return best_proposals(self._net, [view_box(self._net, self._pyramid, box)], 1)


class DeepCropV2Session(_ProposalSession):
    """DeepCropV2 around the click, at every scale and offset the object may have; ranked by the score head.

    Args:
        photo: The photo.
        net: In eval mode.
    """

    def __init__(self, photo: Photo, net: DeepCropV2) -> None:
        super().__init__(photo)
        self._net = net
        self._pyramid = Pyramid(photo.rgb8)

    def _under(self, x: float, y: float, cancelled: Asked) -> list[Proposal]:
        views = scan_click(self._net, self._pyramid, (x, y), cancelled=cancelled)
        return best_proposals(self._net.net, views, LOOKED_AT, (x, y), self.threshold)

    def _boxed(self, box: Box, x: float, y: float) -> list[Proposal]:
        return best_proposals(self._net.net, [view_box(self._net, self._pyramid, box, (x, y))], 1)


class DeepCropV1Session(_ProposalSession):
    """DeepCropV1 on the squashed photo: one mask a click. A box is one more click, in its centre.

    Args:
        photo: The photo.
        net: In eval mode.
    """

    def __init__(self, photo: Photo, net: DeepCropV1) -> None:
        super().__init__(photo)
        self._net = net
        self._image = to_tensor(squash(photo.rgb8)).to(next(net.parameters()).device)

    @torch.inference_mode()
    def _under(self, x: float, y: float, cancelled: Asked) -> list[Proposal]:
        check_cancelled(cancelled)
        width, height = self.photo.size
        click = torch.tensor([[RING + x * PATCH / width, RING + y * PATCH / height]], device=self._image.device)
        mask = torch.sigmoid(self._net(self._image, click).float())[0, 0].cpu()
        return [Proposal(confidence(mask), (0.0, 0.0, float(width), float(height)), mask.numpy())]

    def _boxed(self, box: Box, x: float, y: float) -> list[Proposal]:
        return self._under(x, y, None)


class PatchNet:
    """A net of the family as a method: sessions on photos, and answers on patches for the patch protocol.

    Args:
        name: "deepmask", "deepcrop_v1" or "deepcrop_v2".
        device: Where it runs.
        weights: Folder of its weights; None searches the usual ones.

    Raises:
        WeightsError: The weights are missing or refused.
    """

    def __init__(self, name: str, device: Device, weights: Path | None = None) -> None:
        self._net = load_net(name, device, folder=weights)

    def session(self, photo: Photo) -> DeepMaskSession | DeepCropV1Session | DeepCropV2Session:
        """Begin with a photo."""
        if isinstance(self._net, DeepCropV1):
            return DeepCropV1Session(photo, self._net)
        if isinstance(self._net, DeepCropV2):
            return DeepCropV2Session(photo, self._net)
        if isinstance(self._net, DeepMask):
            return DeepMaskSession(photo, self._net)
        raise TypeError(f"{type(self._net).__name__} has no session on photos")

    def patch(self, image: U8, click: Click) -> tuple[F32, float]:
        """As `engine.crop.patch.segment_patch`."""
        return segment_patch(self._net, image, click)


def _distinct(ranked: Sequence[Proposal]) -> list[Proposal]:
    """The first `CANDIDATES` proposals that differ from those before them."""
    kept: list[Proposal] = []
    for proposal in ranked:
        if all(overlap(proposal, other) < DISTINCT for other in kept):
            kept.append(proposal)
            if len(kept) == CANDIDATES:
                break
    return kept
