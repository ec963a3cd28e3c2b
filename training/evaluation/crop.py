"""One evaluation run: the same objects, clicks and patches for every method."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from engine.errors import InputError, OutputError
from training.data.records import ObjectRecord
from training.evaluation.dialogue import measure_object
from training.evaluation.outcome import Outcome
from training.evaluation.patches import measure_patch, sample_patches
from training.evaluation.protocol import Method
from training.evaluation.sample import check_photos, load_photo, sample_records


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Args:
        clicks: Most clicks on one object of a whole photo; 0 leaves whole photos out.
        limit: Most objects of whole photos, see `sample_records`; None measures all.
        patches: Patches of the patch protocol; 0 leaves it out. They are drawn from all records.
        jitter: See `measure_object`; 0 leaves jittered clicks out.
        seed: Of the sample, the patches and the jitter.
        records: File that receives every outcome as a line of JSON as soon as it is there.
    """

    clicks: int = 20
    limit: int | None = None
    patches: int = 1000
    jitter: float = 0.1
    seed: int = 0
    records: Path | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """All outcomes, and how many sampled objects had no pixel to click."""

    outcomes: list[Outcome]
    skipped: int


def evaluate(
    methods: Mapping[str, Method],
    records: Sequence[ObjectRecord],
    options: Options,
    advance: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Measured:
    """Measure every method. Besides times, the outcome depends on the arguments alone.

    Args:
        methods: By name.
        records: Objects to sample from.
        options: What to measure.
        advance: Told (what is measured, how much of it is done, how much there is).

    Raises:
        InputError: No object has a pixel, or none is large enough for a patch.
        PhotoError: A photo or mask is missing or damaged.
        OutputError: `options.records` cannot be written.
    """
    objects = sample_records(records, options.limit, options.seed) if options.clicks else []
    check_photos(records if options.patches else objects)
    outcomes: list[Outcome] = []
    skipped = done = 0
    try:
        with options.records.open("w", encoding="utf-8") if options.records else nullcontext() as dump:

            def keep(found: list[Outcome]) -> None:
                outcomes.extend(found)
                if dump:
                    dump.writelines(json.dumps(outcome.as_json()) + "\n" for outcome in found)
                    dump.flush()

            for number, patch in enumerate(sample_patches(records, options.patches, options.seed), 1):
                keep(measure_patch(patch, methods))
                advance("patches", number, options.patches)
            for _, together in groupby(objects, key=lambda record: record.image):
                members = list(together)
                photo = load_photo(members[0])
                for record in members:
                    found = measure_object(record, photo, methods, options.clicks, options.jitter, options.seed)
                    keep(found)
                    skipped += not found
                    done += 1
                    advance("objects", done, len(objects))
    except OSError as error:
        raise OutputError(f"The file {options.records} cannot be written: {error.strerror}.") from error
    if not outcomes:
        raise InputError("There was nothing to measure.", "Every object is empty, or all parts were left out.")
    return Measured(outcomes, skipped)
