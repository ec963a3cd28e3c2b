"""The points as a table, one row a point, for spreadsheets and statistics."""

from __future__ import annotations

import csv
import io

import numpy as np

from engine.skeleton.graph import SkeletonGraph

COLUMNS = ("part", "branch", "index", "x", "y", "radius", "confidence", "kind")


def to_csv(graph: SkeletonGraph) -> bytes:
    """The file's bytes: UTF-8, a header and a row for each point; `index` counts along its branch from 0."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, (branch, part) in enumerate(zip(graph.branches, graph.part_of, strict=True)):
        floats = np.column_stack([branch.points, branch.radius, branch.confidence]).astype(np.float64)
        for index, (values, kind) in enumerate(zip(floats.tolist(), branch.kind.tolist(), strict=True)):
            writer.writerow((part, number, index, *(f"{value:.3f}" for value in values), kind))
    return text.getvalue().encode()
