"""The graph as JSON: the one file that can be read back. Its model is the schema, its version is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import InputError
from engine.skeleton.graph import Branch, SkeletonGraph

DECIMALS = 3
COORDINATES = (
    "pixels of the upright photo: x to the right, y down, from its upper left corner; "
    "the centre of the first pixel is (0.5, 0.5); radius and length in the same pixels"
)

_Point = tuple[float, float]
_NodeNumber = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    # Later writers of the same version may add fields, which is no reason to refuse their files.
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class NodeRecord(_Record):
    """An end, a junction, or the one node of a loop.

    `degree` counts the branch ends here: a loop has two, a lone point none.
    """

    xy: _Point
    degree: Annotated[int, Field(ge=0)]


class BranchRecord(_Record):
    """A curve from node `start` to node `end`; the four lists have one entry a point."""

    start: _NodeNumber
    end: _NodeNumber
    part: Annotated[int, Field(ge=0)]
    length: Annotated[float, Field(ge=0)]
    points: Annotated[list[_Point], Field(min_length=1)]
    radius: list[Annotated[float, Field(ge=0)]]
    confidence: list[Annotated[float, Field(ge=0, le=1)]]
    kind: list[Annotated[int, Field(ge=0, le=255)]]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if not len(self.points) == len(self.radius) == len(self.confidence) == len(self.kind):
            raise ValueError("points, radius, confidence and kind differ in length")
        return self


class SkeletonFile(_Record):
    """What is in the file. `part`, `length` and `degree` follow from the rest and are there for other programs.

    `photo` is the photo's file name, None when it had none; `threshold` that of the probability, None for a skeleton
    of a mask; `kind` is the scale type of a point, 0 when unknown.
    """

    format: Literal["deepskel skeleton"] = "deepskel skeleton"
    version: Literal[1] = 1
    photo: str | None = None
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    coordinates: str = COORDINATES
    threshold: float | None = None
    nodes: list[NodeRecord]
    branches: list[BranchRecord]

    @model_validator(mode="after")
    def _nodes_exist(self) -> Self:
        for number, branch in enumerate(self.branches):
            if max(branch.start, branch.end) >= len(self.nodes):
                raise ValueError(f"branch {number} ends at a node that is not there")
        return self

    @classmethod
    def of(cls, graph: SkeletonGraph, *, photo: str | None = None, threshold: float | None = None) -> Self:
        """The content for a graph; numbers rounded to three decimals."""
        degree = _degrees(graph)
        return cls(
            photo=photo,
            width=graph.size[0],
            height=graph.size[1],
            threshold=threshold,
            nodes=[NodeRecord(xy=xy, degree=n) for xy, n in zip(_rounded(graph.nodes), degree, strict=True)],
            branches=[
                BranchRecord(
                    start=branch.start,
                    end=branch.end,
                    part=int(part),
                    length=round(branch.length, DECIMALS),
                    points=_rounded(branch.points),
                    radius=_rounded(branch.radius),
                    confidence=_rounded(branch.confidence),
                    kind=branch.kind.tolist(),
                )
                for branch, part in zip(graph.branches, graph.part_of, strict=True)
            ],
        )

    def graph(self) -> SkeletonGraph:
        """The graph that the content describes."""
        branches = tuple(
            Branch(
                branch.start,
                branch.end,
                np.asarray(branch.points, np.float32),
                np.asarray(branch.radius, np.float32),
                np.asarray(branch.confidence, np.float32),
                np.asarray(branch.kind, np.uint8),
            )
            for branch in self.branches
        )
        nodes = np.asarray([node.xy for node in self.nodes], np.float32).reshape(-1, 2)
        return SkeletonGraph((self.width, self.height), nodes, branches)


def to_json(graph: SkeletonGraph, *, photo: str | None = None, threshold: float | None = None) -> bytes:
    """The file's bytes: UTF-8, a line for each field, node and branch."""
    content = SkeletonFile.of(graph, photo=photo, threshold=threshold).model_dump()
    lines = [f'"{key}": {_lines(value)}' for key, value in content.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def read_json(path: str | Path) -> SkeletonGraph:
    """Read a graph back, exact to the three decimals that were written.

    Raises:
        InputError: The file is missing, is not of this kind or version, or contradicts itself.
    """
    path = Path(path)
    try:
        return SkeletonFile.model_validate_json(path.read_bytes()).graph()
    except OSError as error:
        raise InputError(
            f"“{path.name}” cannot be read: {error.strerror or error}.", "Choose a skeleton's JSON file."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("version",):
            raise InputError(
                f"“{path.name}” is of another version ({first['input']!r:.20}) of the skeleton format.",
                "Open it with the version of DeepSkel that wrote it, and export it again from this one.",
            ) from error
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"“{path.name}” is no skeleton of DeepSkel: {where}: {first['msg']}.", "Export the skeleton again."
        ) from error


def _lines(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def _rounded(values: npt.NDArray[np.float32]) -> Any:
    """Nested lists."""
    # In float64, where three decimals exist; a graph read back writes the same digits again.
    return np.round(values.astype(np.float64), DECIMALS).tolist()


def _degrees(graph: SkeletonGraph) -> list[int]:
    degree = [0] * len(graph.nodes)
    for branch in graph.branches:
        if len(branch.points) > 1:
            degree[branch.start] += 1
            degree[branch.end] += 1
    return degree
