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

STAYS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 0.0)
"""How the wish to stay is lowered; places weigh 1 and more."""

STEPS = 12
"""Newton steps at most for each of them."""

LONGEST_STEP = 0.5
"""Radians that a bone turns at most in a step."""

ENOUGH = 1e-10
"""Largest turn in radians of the last step for one wish to stay."""

LEAST_DAMPING, MOST_DAMPING = 1e-12, 1e3


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


def solve(chain: Chain, places: Places, stays: Sequence[float] = STAYS) -> None:
    """Turn the chain's bones until the joints are at their places, or as near as they come; in place."""
    problem = _Problem(chain, places)
    damping = LEAST_DAMPING
    for stay in stays:
        cost = problem.cost(chain.u, chain.shift, stay)
        for _ in range(STEPS):
            turn, shift = problem.step(stay, damping)
            u, moved = _turned(chain.u, turn), chain.shift + shift
            new = problem.cost(u, moved, stay)
            if new <= cost:
                chain.u, chain.shift, cost = u, moved, new
                damping = max(damping / 10, LEAST_DAMPING)
                if max(np.abs(turn).max(initial=0), np.abs(shift).max() / 1e3) < ENOUGH:
                    break
            else:
                damping = max(damping * 10, 1e-6)
                if damping > MOST_DAMPING or np.abs(turn).max(initial=0) < ENOUGH:
                    damping = LEAST_DAMPING
                    break


class _Problem:
    """Residuals, gradient and Hessian."""

    def __init__(self, chain: Chain, places: Places) -> None:
        self.chain = chain
        joints = list(places.joints)
        self.paths = MOVED[chain.free][:, joints].T.astype(np.float64)
        self.rest = MOVED[:, joints].T.astype(np.float64) @ chain.rest
        self.at, self.weights = places.at - self.rest, places.weights
        self.root = np.sqrt(places.weights)
        self.squares = chain.lengths**2
        self.arms = self.paths * chain.lengths

    def missing(self, u: F64, shift: F64) -> F64:
        """(E, 3) mm from where the joints are to where they are wanted."""
        return np.asarray(self.at - shift - self.arms @ u, np.float64)

    def cost(self, u: F64, shift: F64, stay: float) -> float:
        c, r = self.chain, self.missing(u, shift)
        away = stay * ((u - c.start) ** 2).sum(1) + c.wish * ((u - c.wished) ** 2).sum(1)
        return float(self.weights @ (r * r).sum(1) + self.squares @ away)

    def step(self, stay: float, damping: float) -> tuple[F64, F64]:
        """(F, 3) radians and (3,) mm. Of the second derivatives what would lead uphill is left out."""
        c, u = self.chain, self.chain.u
        n, r = len(u), self.missing(u, c.shift)
        force = self.arms.T @ (self.weights[:, None] * r) + self.squares[:, None] * (
            stay * c.start + c.wish[:, None] * c.wished
        )
        inner = np.maximum((u * force).sum(1), 0) + damping * self.squares
        outer = u[:, :, None] * u[:, None, :]
        blocks = inner[:, None, None] * (np.eye(3) - outer) + self.squares[:, None, None] * outer
        size = 3 * n + (0 if c.rooted else 3)
        slope = np.zeros((len(r), 3, size))
        turned = (self.root[:, None] * self.arms)[:, :, None, None] * _crossing(u)
        slope[:, :, : 3 * n] = turned.transpose(0, 2, 1, 3).reshape(len(r), 3, 3 * n)
        gradient = np.zeros(size)
        gradient[: 3 * n] = np.cross(u, force).ravel()
        if not c.rooted:
            slope[:, :, 3 * n :] = self.root[:, None, None] * np.eye(3)
            gradient[3 * n :] = self.weights @ r
        flat = slope.reshape(-1, size)
        hessian = flat.T @ flat
        view = hessian[: 3 * n, : 3 * n].reshape(n, 3, n, 3)
        view[np.arange(n), :, np.arange(n)] += blocks
        if not c.rooted:
            hessian[3 * n :, 3 * n :] += damping * np.eye(3)
        found = np.linalg.solve(hessian, gradient)
        turn = found[: 3 * n].reshape(n, 3)
        return turn, np.asarray(found[3 * n :] if not c.rooted else np.zeros(3), np.float64)


def _crossing(u: F64) -> F64:
    """(F, 3) -> (F, 3, 3) matrices that take a rotation vector ω to ω × u."""
    m = np.zeros((len(u), 3, 3))
    m[:, 0, 1], m[:, 0, 2], m[:, 1, 2] = u[:, 2], -u[:, 1], u[:, 0]
    return m - m.transpose(0, 2, 1)


def _turned(u: F64, turn: F64) -> F64:
    """Unit vectors turned by rotation vectors at right angles to them, of at most LONGEST_STEP."""
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    turn = turn * np.minimum(1.0, LONGEST_STEP / np.maximum(angle, 1e-300))
    angle = np.minimum(angle, LONGEST_STEP)
    new = u * np.cos(angle) + np.cross(turn, u) * np.sinc(angle / np.pi)
    return np.asarray(new / np.linalg.norm(new, axis=1, keepdims=True), np.float64)
