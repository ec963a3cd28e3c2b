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

STEPS = (40, 16, 8, 8, 8, 10)
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
        curved = problem.curved(stay)
        for _ in range(steps):
            turn, shift, widest = curved.step(damping * problem.size)
            u, moved = _turned(chain.u, turn), chain.shift + shift
            new = problem.cost(u, moved, stay)
            done = max(widest, float(np.abs(shift).max()) / 1e3) < enough
            if new <= cost:
                chain.u, chain.shift, cost = u, moved, new
                damping = max(damping / 10, LEAST_DAMPING)
                if not done:
                    curved = problem.curved(stay)
            else:
                damping = max(damping * 10, 1e-4)
            if done:
                break


@dataclass(slots=True)
class _Curved:
    """How the cost slopes and bends where the chain is, along the eigenvectors of its Hessian.

    Args:
        slope: (P,) how fast the cost falls along each of them.
        bend: (P,) magnitude of its second derivatives.
        vectors: (P, P) their columns, in parameters: two ways to turn for each bone, and the thorax's shift if free.
        ways: (F, 2, 3) the ways to turn, at right angles to the bone.
    """

    slope: F64
    bend: F64
    vectors: F64
    ways: F64

    def step(self, damping: float) -> tuple[F64, F64, float]:
        """(F, 3) ways that the ends of unit bones go, (3,) mm shift, and the widest turn of a bone in radians.

        Along an eigenvector of negative curvature the step has the length of positive curvature and the direction of
        the slope (saddle-free Newton; Dauphin et al. 2014), so that a straight limb folds.
        """
        n = len(self.ways)
        found = self.vectors @ (self.slope / (self.bend + damping))
        turn = (found[: 2 * n].reshape(n, 1, 2) @ self.ways)[:, 0]
        widest = float(np.sqrt((turn * turn).sum(1).max(initial=0.0)))
        shrink = min(1.0, LONGEST_STEP / widest) if widest > 0 else 1.0
        shift = found[2 * n :] * shrink if len(found) > 2 * n else _STILL
        return turn * shrink, np.asarray(shift, np.float64), widest * shrink


class _Problem:
    """Residuals, gradient and Hessian."""

    def __init__(self, chain: Chain, places: Places) -> None:
        self.chain = chain
        joints = list(places.joints)
        paths = MOVED[chain.free][:, joints].T.astype(np.float64)
        rest = MOVED[:, joints].T.astype(np.float64) @ chain.rest
        self.at, self.places = places.at - rest, places
        self.squares = chain.lengths**2
        self.size = float(self.squares.max(initial=1.0))
        self.arms = paths * chain.lengths
        self.weigh(1.0)

    def weigh(self, power: float) -> None:
        """Take a power of the places' weights."""
        self.weights = self.places.weights**power
        self.root = np.sqrt(self.weights)
        self.heavy = self.root[:, None] * self.arms

    def missing(self, u: F64, shift: F64) -> F64:
        """(E, 3) mm from where the joints are to where they are wanted."""
        return np.asarray(self.at - shift - self.arms @ u, np.float64)

    def cost(self, u: F64, shift: F64, stay: float) -> float:
        c, r = self.chain, self.missing(u, shift)
        away, wished = u - c.start, u - c.wished
        bent = stay * np.einsum("fi,fi->f", away, away) + c.wish * np.einsum("fi,fi->f", wished, wished)
        return float(self.weights @ np.einsum("ei,ei->e", r, r) + self.squares @ bent)

    def curved(self, stay: float) -> _Curved:
        """Gradient and Hessian where the chain is.

        A bone's end moves along the two ways at right angles to it, and by the square of that towards its joint: hence
        the diagonal beside what the places give.
        """
        c, u = self.chain, self.chain.u
        n, e = len(u), len(self.at)
        pulls = self.weights[:, None] * self.missing(u, c.shift)
        force = self.arms.T @ pulls + self.squares[:, None] * (stay * c.start + c.wish[:, None] * c.wished)
        ways = _square_ways(u)
        size = 2 * n + (0 if c.rooted else 3)
        slope, gradient = np.zeros((e, 3, size)), np.zeros(size)
        slope[:, :, : 2 * n] = (self.heavy[:, None, :, None] * ways.transpose(2, 0, 1)).reshape(e, 3, 2 * n)
        gradient[: 2 * n] = (ways @ force[:, :, None]).ravel()
        if not c.rooted:
            slope[:, :, 2 * n :] = self.root[:, None, None] * _UNIT
            gradient[2 * n :] = pulls.sum(0)
        flat = slope.reshape(-1, size)
        hessian = flat.T @ flat
        hessian.flat[: 2 * n * size : size + 1] += np.repeat(np.einsum("fi,fi->f", u, force), 2)
        values, vectors = np.linalg.eigh(hessian)
        return _Curved(gradient @ vectors, np.abs(values), vectors, ways)


def _square_ways(u: F64) -> F64:
    """(F, 3) unit vectors -> (F, 2, 3) two more that make right angles with each and one another (Duff et al. 2017)."""
    x, y, z = u.T
    sign = np.copysign(1.0, z)
    a = -1.0 / (sign + z)
    b = x * y * a
    ways = np.empty((len(u), 2, 3))
    ways[:, 0, 0], ways[:, 0, 1], ways[:, 0, 2] = 1.0 + sign * x * x * a, sign * b, -sign * x
    ways[:, 1, 0], ways[:, 1, 1], ways[:, 1, 2] = b, sign + y * y * a, -y
    return ways


def _turned(u: F64, way: F64) -> F64:
    """Unit vectors whose ends go along a great circle: by (F, 3) radians, at right angles to each."""
    angle = np.sqrt((way * way).sum(1, keepdims=True))
    new = u * np.cos(angle) + way * np.sinc(angle / np.pi)
    return np.asarray(new / np.sqrt((new * new).sum(1, keepdims=True)), np.float64)
