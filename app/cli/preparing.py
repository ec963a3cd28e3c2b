"""The work of `deepskel annotate init`, in portions that any process can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError, PhotoError
from engine.pose.project.person import Person
from engine.pose.project.prepare import candidates_of, lift_people, predict, with_prediction
from engine.pose.project.store import CandidateStore, key_of

if TYPE_CHECKING:
    from engine.pose.reading import PoseMethod

PORTION = 128
"""People lifted between two looks at the clock: less than a second's work."""

CROWD = 32
"""People of one photo that are read in one go: with hundreds in it, other processes help and little can be lost."""

Numbered = tuple[int, Person]


@dataclass(frozen=True, eq=False)
class Portion:
    """Something to do.

    Args:
        people: With their places in the project.
        photo: Theirs, to be read; None to lift them.
    """

    people: tuple[Numbered, ...]
    photo: Path | None = None


@dataclass(frozen=True, eq=False)
class Done:
    """What became of a portion.

    Args:
        people: Those who have changed, by their places.
        looked_at: How many people the portion had.
        predicted: How many of them the networks have read now.
        problems: What a person should know.
    """

    people: dict[int, Person]
    looked_at: int
    predicted: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """How the networks read.

    Args:
        store: Folder of the candidates.
        device: Where the networks run.
        weights: Of engine.pose.project.store.weights_digest.
    """

    store: Path
    device: str
    weights: str


def lift_portions(people: Iterable[Numbered]) -> Iterator[Portion]:
    """Who has joints and no pose."""
    wanted = [(i, person) for i, person in people if person.state.pose is None and person.state.known.any()]
    for start in range(0, len(wanted), PORTION):
        yield Portion(tuple(wanted[start : start + PORTION]))


def photo_portions(people: Iterable[Numbered], photos: dict[str, Path]) -> Iterator[Portion]:
    """The people of every photo that was found, at most CROWD at once.

    Args:
        people: With their places in the project.
        photos: By the name that the people have for theirs.
    """
    together: dict[str, list[Numbered]] = {}
    for i, person in people:
        if person.image in photos:
            together.setdefault(person.image, []).append((i, person))
    for image, some in together.items():
        for start in range(0, len(some), CROWD):
            yield Portion(tuple(some[start : start + CROWD]), photos[image])


def lift_portion(portion: Portion) -> Done:
    """Lift them."""
    after = lift_people([person for _, person in portion.people])
    changed = {i: new for (i, old), new in zip(portion.people, after, strict=True) if new is not old}
    return Done(changed, len(portion.people))


def read_photo(portion: Portion, how: Reading) -> Done:
    """Let the networks read those whose candidates are not kept yet, and keep them."""
    assert portion.photo is not None  # noqa: S101 - see photo_portions
    store = CandidateStore(how.store)
    done = Done({}, len(portion.people))
    missing = [
        (i, person)
        for i, person in portion.people
        if store.get(person.person, key_of(person, portion.photo, how.weights)) is None
    ]
    if not missing:
        return done
    from engine.imaging.load import load
    from engine.pose.session import PoseSession

    try:
        photo = load(portion.photo)
    except PhotoError as error:
        done.problems.append(str(error))
        return done
    session = PoseSession(photo, _method(how.device))
    predicted = 0
    for i, person in missing:
        known = person if person.size else replace(person, size=photo.size)
        try:
            prediction = predict(known, photo, session)
        except InputError as error:
            done.problems.append(f"{person.person}: {error.message}")
            continue
        after = with_prediction(known, prediction)
        key = key_of(after, portion.photo, how.weights)
        store.put(after.person, key, candidates_of(after.state, prediction))
        predicted += 1
        if after is not person:
            done.people[i] = after
    return replace(done, predicted=predicted)


def reader(how: Reading, *, threads: int | None) -> partial[Done]:
    """`read_photo` as it is sent to processes."""
    return partial(_read_with, how=how, threads=threads)


def _read_with(portion: Portion, how: Reading, threads: int | None) -> Done:
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    return read_photo(portion, how)


@cache
def _method(device: str) -> PoseMethod:
    """Loaded once a process."""
    from engine.pose.methods import make_pose_method

    return make_pose_method(device=device)
