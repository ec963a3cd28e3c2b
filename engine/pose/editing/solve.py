"""Directions of bones that bring joints to places: the nearest to the present ones, by damped Newton steps.

Minimised over unit vectors u: Σ weight · |place − joint(u)|² + stay · Σ |length · (u₀ − u)|², with `stay` lowered step
by step until it is nothing beside the places. So what can be reached is reached, of all poses that reach it the one is
taken that is nearest to the present one (which makes it a continuous function of the places), and what cannot be
reached is approached along the shortest way. Joints are sums of bones, whose lengths are exact whatever is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import MOVED

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

STAGES = ((1e-1, 0.25), (1e-2, 0.5), (1e-3, 0.75), (1e-5, 1.0), (1e-8, 1.0), (0.0, 1.0))
"""How the wish to stay is lowered, and to which power the weights of places are taken: what is heavy is met little by
little, because steps along a steep and curved valley would be short."""

STEPS = (40, 16, 8, 8, 8, 20)
"""Newton steps at most for each of them: long ways are gone while all is light."""

LONGEST_STEP = 0.5
"""Radians that a bone turns at most in a step."""

ENOUGH = 1e-10
"""Largest turn in radians of the last step with which all is done."""

ROUGHLY = 1e-3
"""The same while the wish to stay is still to be lowered."""

LEAST_DAMPING = 1e-9
"""Of the curvature of a bone of ordinary length: stills what no place tells of."""

_UNIT, _STILL = np.eye(3), np.zeros(3)
_CROSSING = -np.cross(_UNIT[:, None], _UNIT[None]).transpose(0, 2, 1).reshape(3, 9)


@dataclass(frozen=True, slots=True)
class Places:
    """Where joints are wanted.

    Args:
        joints: Which, E of them.
        at: (E, 3) mm.
        weights: (E,) above 0.
    """

    joints: Sequence[int]
    at: F64
    weights: F64


@dataclass(slots=True)
class Chain:
    """Bones that may turn, and how joints hang on them. `u` and `shift` are what is solved.

    Args:
        vectors: (15, 3) mm all bones as they are.
        free: Indices of the bones that may turn.
        rooted: Whether the thorax stays where it is.
    """

    free: Ints
    lengths: F64
    start: F64
    u: F64
    shift: F64
    rest: F64
    rooted: bool
    wished: F64
    wish: F64

    @classmethod
    def of(cls, vectors: F64, free: Sequence[int], rooted: bool) -> Chain:
        index = np.array(sorted(free), np.intp)
        lengths = np.linalg.norm(vectors[index], axis=1)
        u = vectors[index] / np.maximum(lengths, 1e-12)[:, None]
        rest = vectors.copy()
        rest[index] = 0
        return cls(index, lengths, u, u.copy(), np.zeros(3), rest, rooted, u, np.zeros(len(index)))

    def vectors(self) -> F64:
        """(15, 3) mm the bones as they are solved."""
        result = self.rest.copy()
        result[self.free] = self.lengths[:, None] * self.u
        return result


def solve(chain: Chain, places: Places, stages: Sequence[tuple[float, float]] = STAGES) -> None:
    """Turn the chain's bones until the joints are at their places, or as near as they come; in place."""
    problem = _Problem(chain, places)
    for (stay, power), steps in zip(stages, STEPS[-len(stages) :], strict=True):
        problem.weigh(power)
        damping, enough = LEAST_DAMPING, ENOUGH if stay == stages[-1][0] else ROUGHLY
        cost = problem.cost(chain.u, chain.shift, stay)
        for _ in range(steps):
            turn, shift = problem.step(stay, damping)
            u, moved = _turned(chain.u, turn), chain.shift + shift
            new = problem.cost(u, moved, stay)
            if new <= cost:
                chain.u, chain.shift, cost = u, moved, new
                damping = max(damping / 10, LEAST_DAMPING)
            else:
                damping = max(damping * 10, 1e-4)
            if max(np.abs(turn).max(initial=0), np.abs(shift).max() / 1e3) < enough:
                break


class _Problem:
    """Residuals, gradient and Hessian."""

    def __init__(self, chain: Chain, places: Places) -> None:
        self.chain = chain
        joints = list(places.joints)
        self.paths = MOVED[chain.free][:, joints].T.astype(np.float64)
        self.rest = MOVED[:, joints].T.astype(np.float64) @ chain.rest
        self.at, self.places = places.at - self.rest, places
        self.weigh(1.0)
        self.squares = chain.lengths**2
        self.order = np.arange(len(chain.free))
        self.size = float(self.squares.max(initial=1.0))
        self.arms = self.paths * chain.lengths

    def weigh(self, power: float) -> None:
        """Take a power of the places' weights."""
        self.weights = self.places.weights**power
        self.root = np.sqrt(self.weights)

    def missing(self, u: F64, shift: F64) -> F64:
        """(E, 3) mm from where the joints are to where they are wanted."""
        return np.asarray(self.at - shift - self.arms @ u, np.float64)

    def cost(self, u: F64, shift: F64, stay: float) -> float:
        c, r = self.chain, self.missing(u, shift)
        away = stay * ((u - c.start) ** 2).sum(1) + c.wish * ((u - c.wished) ** 2).sum(1)
        return float(self.weights @ (r * r).sum(1) + self.squares @ away)

    def step(self, stay: float, damping: float) -> tuple[F64, F64]:
        """(F, 3) radians and (3,) mm: a Newton step that goes downhill also where the Hessian does not.

        Along an eigenvector of negative curvature the step has the length of positive curvature and the direction of
        the slope (saddle-free Newton; Dauphin et al. 2014), so that a straight limb folds.
        """
        c, u = self.chain, self.chain.u
        n, r = len(u), self.missing(u, c.shift)
        wishes = stay * c.start + c.wish[:, None] * c.wished
        pulls = self.weights[:, None] * r
        force = self.arms.T @ pulls + self.squares[:, None] * wishes
        crossing = _crossing(u)
        size = 3 * n + (0 if c.rooted else 3)
        slope = np.zeros((len(r), 3, size))
        heavy = self.root[:, None] * self.arms
        slope[:, :, : 3 * n] = (heavy[:, None, :, None] * crossing.transpose(1, 0, 2)).reshape(len(r), 3, 3 * n)
        gradient = np.zeros(size)
        gradient[: 3 * n] = -(crossing @ force[:, :, None]).ravel()
        if not c.rooted:
            slope[:, :, 3 * n :] = self.root[:, None, None] * _UNIT
            gradient[3 * n :] = pulls.sum(0)
        flat = slope.reshape(-1, size)
        hessian = flat.T @ flat
        # The rest of a bone's second derivatives; about its own axis, where turning is nothing, any positive value.
        along = (u * force).sum(1)
        own = along[:, None, None] * _UNIT + (self.squares - along)[:, None, None] * (u[:, :, None] * u[:, None])
        hessian[: 3 * n, : 3 * n].reshape(n, 3, n, 3)[self.order, :, self.order] += own
        values, vectors = np.linalg.eigh(hessian)
        found = vectors @ ((gradient @ vectors) / (np.abs(values) + damping * self.size))
        turn = found[: 3 * n].reshape(n, 3)
        widest = np.sqrt((turn * turn).sum(1).max(initial=0.0))
        if widest > LONGEST_STEP:
            found *= LONGEST_STEP / widest
        return turn, np.asarray(found[3 * n :] if not c.rooted else _STILL, np.float64)


def _crossing(u: F64) -> F64:
    """(F, 3) -> (F, 3, 3) matrices that take a rotation vector ω to ω × u."""
    return np.asarray(u @ _CROSSING, np.float64).reshape(len(u), 3, 3)


def _turned(u: F64, turn: F64) -> F64:
    """Unit vectors turned by rotation vectors at right angles to them."""
    angle = np.sqrt((turn * turn).sum(1, keepdims=True))
    new = u * np.cos(angle) + (_crossing(u) @ turn[:, :, None])[:, :, 0] * np.sinc(angle / np.pi)
    return np.asarray(new / np.sqrt((new * new).sum(1, keepdims=True)), np.float64)
