"""What is computed of a person before somebody looks at them: a first pose, and the poses to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from engine.pose.camera import WeakPerspective, fit_weak_perspective_arrays
from engine.pose.hypotheses import Hypothesis, Origin
from engine.pose.kinematics import bone_lengths, symmetric, with_bone_lengths
from engine.pose.lifting.lift import HIDDEN, Lifted, lift
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import COUNT, ROOT, From2D, From3D, Person, PoseState

if TYPE_CHECKING:  # torch, which lifting alone does without
    from engine.imaging.photo import Photo
    from engine.pose.session import PosePrediction, PoseSession

F64 = npt.NDArray[np.float64]
Source = TypeVar("Source", From2D, From3D)

ALTERNATIVES = 8
"""Most depth flips that are offered, the likeliest pose included."""

BATCH = 1024
"""People lifted at once: bounds the memory of a large set."""


def lift_people(people: Sequence[Person]) -> list[Person]:
    """Give everybody without a pose the one that their joints in the picture are lifted to.

    Args:
        people: Those who have a pose, and those who have too few joints for one, stay as they are.

    Returns:
        All of them, in the same order.

    Raises:
        WeightsError: The pose dictionary is missing or damaged.
    """
    done = list(people)
    wanted = [i for i, person in enumerate(people) if person.state.pose is None and person.state.known.any()]
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        lifted = _lift([people[i].state for i in part], 1)
        for n, i in enumerate(part):
            if lifted.found[n]:
                state = replace(
                    people[i].state, pose=lifted.poses[n], camera=_camera(lifted, n), pose_from=_all("lifted")
                )
                done[i] = replace(people[i], state=state)
    return done


def predict(
    person: Person, photo: Photo, session: PoseSession, *, cancelled: Callable[[], bool] | None = None
) -> PosePrediction:
    """Let the networks read a person where the annotation says they are.

    Args:
        person: One of whom nothing is known, or whose box is the whole photo, is looked for in all of it.
        photo: Theirs.
        session: Of that photo.
        cancelled: Asked between steps; when it answers True, Cancelled is raised.

    Raises:
        Cancelled: Nobody waits any more.
        InputError: They are outside the photo.
        WeightsError: A network answered with something that is not a number.
    """
    nothing = person.state.known.sum() < 2
    somewhere = person.box is not None or (person.center is not None and person.scale is not None)
    if nothing and (not somewhere or person.box == (0.0, 0.0, float(photo.width), float(photo.height))):
        return session.predict(cancelled=cancelled)
    return session.predict(window=person.window(), cancelled=cancelled)


def with_prediction(person: Person, prediction: PosePrediction) -> Person:
    """The person with what the networks saw in place of what is missing.

    Who has no joint in the picture gets those that the detector is sure of, and the pose that is believed. Who has
    joints but no pose, because there are too few to be lifted, gets that pose under a camera that fits the joints.

    Args:
        person: Who has a pose already stays as they are.
        prediction: Of that person; when it found nobody they stay as they are.
    """
    state = person.state
    if state.pose is not None or not prediction.found:
        return person
    best = prediction.best
    fitted = _seen(state, prediction, [best])
    pose, camera = fitted[0][1:3] if fitted else (_even(best.pose), best.camera)
    if state.known.any():
        state = replace(state, pose=pose, camera=camera, pose_from=_all("predicted"))
    else:
        sure = prediction.sure
        state = PoseState(
            np.where(sure[:, None], prediction.joints, np.nan),
            np.where(sure, 2, 0),
            _all("detected"),
            pose,
            camera,
            _all("predicted"),
            state.fixed,
        )
    return replace(person, state=state)


def candidates_of(state: PoseState, prediction: PosePrediction | None = None) -> list[Candidate]:
    """The poses to choose from: lifted from the joints in the picture, its depth flips, then what the networks read.

    Errors are measured against the joints in the picture, so that all of them can be compared.

    Args:
        state: Whose joints are lifted; its pose is not looked at.
        prediction: What the networks read, if they were asked. The pose they believe comes first, the others follow
            in the order in which they were read; those that no camera shows over the joints are left out.

    Raises:
        WeightsError: The pose dictionary is missing or damaged.
    """
    return lifted_candidates([state])[0] + ([] if prediction is None else _predicted(state, prediction))


def lifted_candidates(states: Sequence[PoseState]) -> list[list[Candidate]]:
    """As `candidates_of` for many without a prediction: lifting many at once takes far less time.

    Returns:
        For each of them, the likeliest first; nothing where there are too few joints.
    """
    found: list[list[Candidate]] = []
    for start in range(0, len(states), BATCH):
        lifted = _lift(states[start : start + BATCH], ALTERNATIVES)
        ranks = [lifted.alternatives(rank) for rank in range(lifted.flips.probability.shape[1])]
        found += [_flips(lifted, ranks, n) for n in range(len(lifted))]
    return found


def _all(source: Source) -> tuple[Source, ...]:
    """Every joint from the same source."""
    return (source,) * COUNT


def _lift(states: Sequence[PoseState], alternatives: int) -> Lifted:
    joints = np.reshape([state.joints for state in states], (len(states), COUNT, 2))
    visibility = np.reshape([state.visibility for state in states], (len(states), COUNT))
    return lift(joints, visibility, alternatives=alternatives)


def _flips(lifted: Lifted, ranks: Sequence[F64], n: int) -> list[Candidate]:
    if not lifted.found[n]:
        return []
    error, camera = float(np.nanmean(lifted.reprojection[n])), _camera(lifted, n)
    return [
        Candidate(
            f"lifted, flip {rank}" if rank else "lifted",
            _rooted(poses[n]),
            camera,
            "lifted",
            error,
            score=float(probability),
        )
        for rank, (poses, probability) in enumerate(zip(ranks, lifted.flips.probability[n], strict=True))
        if probability > 0
    ]


def _predicted(state: PoseState, prediction: PosePrediction) -> list[Candidate]:
    if not prediction.found:
        return []
    others = [each for i, each in enumerate(prediction.hypotheses) if i != prediction.chosen]
    return [
        Candidate(_name(each.origin), pose, camera, "predicted", error, each.origin, each.score)
        for each, pose, camera, error in _seen(state, prediction, [prediction.best, *others])
    ]


def _seen(
    state: PoseState, prediction: PosePrediction, hypotheses: Sequence[Hypothesis]
) -> list[tuple[Hypothesis, F64, WeakPerspective, float]]:
    """Each as a body whose sides are equally long, with the camera that shows it over the known joints, and what that
    leaves over in px; those that no camera shows are left out.

    Where no joint is known, over those that the detector is sure of. The networks give every joint by itself, and the
    sides of their poses differ by half: whoever fixes a pose needs a body to begin with.
    """
    if state.known.any():
        points, weights = state.joints, np.where(state.visibility == 1, HIDDEN, 1.0) * state.known
    else:
        points, weights = prediction.joints, prediction.sure.astype(np.float64)
    poses = np.stack([_even(each.pose) for each in hypotheses])
    scale, shift = fit_weak_perspective_arrays(poses, points[None], weights[None])
    found = []
    for each, pose, s, (x, y) in zip(hypotheses, poses, scale.tolist(), shift.tolist(), strict=True):
        if np.isfinite(s):
            camera = WeakPerspective(s, x, y)
            beside = np.linalg.norm(camera.project(pose) - points, axis=1)
            found.append((each, pose, camera, float(beside[weights > 0].mean())))
    return found


def _name(origin: Origin) -> str:
    """What to call a hypothesis by the map it was read from."""
    if origin.width is None or origin.crop is None:
        return "network"
    return f"stick {origin.width:g}, crop {origin.crop:.3g}"


def _even(pose: npt.ArrayLike) -> F64:
    """The pose with the directions of its bones, and sides that are equally long; its thorax at the origin."""
    return _rooted(with_bone_lengths(pose, symmetric(bone_lengths(pose))))


def _rooted(pose: npt.ArrayLike) -> F64:
    """The pose with its thorax exactly at the origin."""
    values = np.asarray(pose, np.float64)
    return np.asarray(values - values[ROOT])


def _camera(lifted: Lifted, n: int) -> WeakPerspective:
    return WeakPerspective(float(lifted.scale[n]), float(lifted.shift[n, 0]), float(lifted.shift[n, 1]))
