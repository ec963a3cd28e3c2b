"""Poses to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.errors import OutputError
from engine.imaging.photo import Photo
from engine.imaging.save import save, writing
from engine.pose.camera import WeakPerspective
from engine.pose.files.joints2d_json import Person2D
from engine.pose.files.pose_json import HypothesisRecord, PersonRecord, PoseFile
from engine.pose.hypotheses import Hypothesis
from engine.pose.lifting.lift import Lifted
from engine.pose.plot import plot
from engine.pose.session import PosePrediction

ENDING = ".json"


def person_record(prediction: PosePrediction, *, all_poses: bool = False) -> PersonRecord:
    """A person as the file has them.

    Args:
        prediction: With somebody in it.
        all_poses: Keep the poses of the hypotheses that are not believed; else their figures alone.

    Raises:
        InputError: Nobody was found.
    """
    _ = prediction.best
    w = prediction.window
    return PersonRecord.of(
        prediction.joints,
        [_record(hypothesis) for hypothesis in prediction.hypotheses],
        prediction.chosen,
        confidence=prediction.confidence,
        all_poses=all_poses,
        box=(w.x0, w.y0, w.x0 + w.width, w.y0 + w.height),
    )


def export(
    prediction: PosePrediction,
    path: str | Path,
    *,
    photo: Photo | None = None,
    all_poses: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write pose.json. Nobody found is a normal result: a file without people.

    Args:
        prediction: What was read.
        path: Where to; it ends with .json.
        photo: Named in the file, and never overwritten.
        all_poses: As `person_record`.
        overwrite: Replace an existing file.

    Returns:
        The path written.

    Raises:
        OutputError: Another ending, missing or read-only folder, full disk, file exists.
    """
    path = Path(path)
    check_ending(path)
    source = photo.path if photo else None
    width, height = prediction.size
    content = PoseFile(
        photo=source.name.encode(errors="replace").decode() if source else None,
        width=width,
        height=height,
        people=[person_record(prediction, all_poses=all_poses)] if prediction.found else [],
    )
    with writing(path, source=source, overwrite=overwrite) as stream:
        stream.write(content.to_bytes())
    return path


def export_plot(prediction: PosePrediction, photo: Photo, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write the picture of engine.pose.plot; PNG, TIFF or WebP by the file name's ending.

    Raises:
        OutputError: As `engine.imaging.save.save`.
    """
    return save(Photo.from_array(plot(photo, prediction)), path, overwrite=overwrite, source=photo.path)


def lifted_records(lifted: Lifted, people: Sequence[Person2D], *, all_poses: bool = False) -> list[PersonRecord]:
    """Lifted people as the file has them, without those who could not be lifted.

    The hypotheses are poses that fall on the same joints, limbs reflected about the image plane; their score is the
    probability that the prior gives them.

    Args:
        lifted: What became of `people`.
        people: Their joints in the picture.
        all_poses: As `person_record`.
    """
    ranks = [lifted.alternatives(rank) for rank in range(lifted.flips.probability.shape[1])]
    records = []
    for n in np.flatnonzero(lifted.found).tolist():
        camera = WeakPerspective(float(lifted.scale[n]), float(lifted.shift[n, 0]), float(lifted.shift[n, 1]))
        error, probability = float(np.nanmean(lifted.reprojection[n])), lifted.flips.probability[n]
        flips = [
            HypothesisRecord.of(poses[n], camera, error, score=float(p))
            for poses, p in zip(ranks, probability, strict=True)
            if p > 0
        ]
        records.append(
            PersonRecord.of(
                people[n].xy, flips, confidence=lifted.confidence[n], all_poses=all_poses, person=people[n].person
            )
        )
    return records


def check_ending(path: Path) -> None:
    """Raise OutputError when a pose cannot be written to this file: better before the work than after it."""
    if path.suffix.lower() != ENDING:
        raise OutputError(f"“{path.name}” cannot be written: a pose is written as JSON.", f"End its name in {ENDING}.")


def _record(hypothesis: Hypothesis) -> HypothesisRecord:
    return HypothesisRecord.of(
        hypothesis.pose,
        hypothesis.camera,
        hypothesis.reprojection_error,
        width=hypothesis.origin.width,
        crop=hypothesis.origin.crop,
        score=hypothesis.score,
        sigma=hypothesis.sigma,
    )
