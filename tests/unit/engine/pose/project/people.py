"""People for tests of what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.pose.camera import WeakPerspective
from engine.pose.project.person import Person, PoseState


def people_like(count: int, seed: int = 0) -> list[Person]:
    """People with a pose, two a photo; every number has all its digits."""
    random = np.random.default_rng(seed)
    people = []
    for i in range(count):
        pose = random.normal(0, 300, (16, 3))
        pose[7] = 0
        visibility = random.integers(0, 3, 16)
        joints = np.where(visibility[:, None] > 0, random.uniform(0, 1000, (16, 2)), np.nan)
        camera = WeakPerspective(*random.uniform(0.1, 1000, 3))
        people.append(
            Person(
                f"{i // 2:04d}.jpg#{i % 2 + 1}",
                f"{i // 2:04d}.jpg",
                PoseState(joints, visibility, pose=pose, camera=camera),
                center=(float(random.uniform()), 300.5),
                scale=float(random.uniform(1, 5)),
                split="train",
            )
        )
    return people


def everything() -> Person:
    """A person at whom nothing is at its default."""
    joints = np.arange(32.0).reshape(16, 2) / 3
    visibility = np.array([0, 1, 2, 0] * 4)
    joints[visibility == 0] = np.nan
    pose = np.arange(48.0).reshape(16, 3) / 7 - 3
    pose[7] = 0
    state = PoseState(
        joints,
        visibility,
        ("edited", "detected", "annotated", "annotated") * 4,
        pose,
        WeakPerspective(0.1 + 0.2, -1e-17, 1e22),
        ("copied", "edited", "predicted", "lifted") * 4,
        frozenset({"l_arm", "torso"}),
    )
    return Person(
        "straße “1”.jpg#1", "Bilder/straße “1”.jpg", state, (640, 480), (-1.5, 2.0, 3.25, 1e3), (0.1, 0.2), 1 / 3,
        2 / 3, "val", True, True, True, "two\nlines \\ “quoted”\t\u2028 ☃", 12.345678901234567,
    )  # fmt: skip


def same(a: Sequence[Person], b: Sequence[Person]) -> None:
    """Assert that both are bit for bit the same people."""
    assert [person.person for person in a] == [person.person for person in b]
    for one, other in zip(a, b, strict=True):
        assert one.same_as(other), one.person
