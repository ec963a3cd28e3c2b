"""BVH motion capture: the hierarchy, the motion, and where every joint is (forward kinematics).

Files are taken as +Y up and right-handed, in any unit. A channel of position replaces that part of the joint's offset;
rotations are in degrees and apply in the order of the channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.files.json_text import read_bytes

F64 = npt.NDArray[np.float64]

END = "_End"
"""An end site is called by its joint's name and this."""

_POSITIONS = {"xposition": 0, "yposition": 1, "zposition": 2}
_ROTATIONS = {"xrotation": "X", "yrotation": "Y", "zrotation": "Z"}


@dataclass(frozen=True, slots=True)
class Bvh:
    """A skeleton in motion; J joints with the end sites among them, parents before children.

    Args:
        names: Of the joints.
        parents: Index of each joint's parent, -1 of the root.
        offsets: (J, 3) from the parent at rest, in the file's unit.
        channels: Of each joint, as the file names them in lower case.
        motion: (T, C) values of all channels.
        frame_time: Seconds from frame to frame.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: F64
    channels: tuple[tuple[str, ...], ...]
    motion: F64
    frame_time: float

    def rest(self) -> F64:
        """(J, 3) where the joints are when nothing is rotated, the root at its offset."""
        places = self.offsets.copy()
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                places[joint] += places[parent]
        return places

    def positions(self) -> F64:
        """(T, J, 3) where the joints are, in the file's unit and axes."""
        frames = len(self.motion)
        places = np.empty((frames, len(self.names), 3))
        turned: list[Rotation] = []
        column = 0
        for joint, (parent, channels) in enumerate(zip(self.parents, self.channels, strict=True)):
            offset = np.repeat(self.offsets[joint][None], frames, 0)
            order, angles = "", []
            for channel in channels:
                if channel in _POSITIONS:
                    offset[:, _POSITIONS[channel]] = self.motion[:, column]
                else:
                    order += _ROTATIONS[channel]
                    angles.append(self.motion[:, column])
                column += 1
            turn = Rotation.from_euler(order, np.stack(angles, 1), degrees=True) if order else None
            if parent < 0:
                places[:, joint] = offset
                turned.append(Rotation.identity(frames) if turn is None else turn)
            else:
                places[:, joint] = places[:, parent] + turned[parent].apply(offset)
                turned.append(turned[parent] if turn is None else turned[parent] * turn)
        return places


def read_bvh(path: Path) -> Bvh:
    """Read a file.

    Raises:
        InputError: It cannot be read, or a line is malformed (the message names the line).
    """
    path = Path(path)
    return _Parser(read_bytes(path).decode("utf-8", "replace"), path.name).parse()


class _Parser:
    def __init__(self, text: str, name: str) -> None:
        self.file = name
        self.number = 0
        self.lines = self._numbered(text)
        self.names: list[str] = []
        self.parents: list[int] = []
        self.offsets: list[list[float]] = []
        self.channels: list[tuple[str, ...]] = []

    def _numbered(self, text: str) -> Iterator[list[str]]:
        for number, line in enumerate(text.splitlines(), 1):
            # A brace may stand on the line of what it belongs to.
            words = line.replace("{", " { ").replace("}", " } ").split()
            if words:
                self.number = number
                yield words

    def wrong(self, what: str) -> InputError:
        return InputError(f"Line {self.number} of {self.file} is not as in a BVH file: {what}.")

    def parse(self) -> Bvh:
        if [word.upper() for word in next(self.lines, [])] != ["HIERARCHY"]:
            raise self.wrong("it does not begin with HIERARCHY")
        self._hierarchy()
        count, frame_time = self._header()
        width = sum(map(len, self.channels))
        rows = []
        for words in self.lines:
            row = self._numbers(words)
            if len(row) != width:
                raise self.wrong(f"{len(row)} values, but the hierarchy has {width} channels")
            rows.append(row)
        if len(rows) != count:
            raise self.wrong(f"{len(rows)} frames, but {count} were announced")
        return Bvh(
            tuple(self.names),
            tuple(self.parents),
            np.asarray(self.offsets, np.float64),
            tuple(self.channels),
            np.asarray(rows, np.float64).reshape(count, width),
            frame_time,
        )

    def _hierarchy(self) -> None:
        """Read up to the brace that closes the root."""
        open_joints: list[int] = []
        waiting = False  # a joint is named, its brace is not open yet
        for words in self.lines:
            while words:
                key = words[0].upper()
                if waiting != (key == "{"):
                    raise self.wrong(f"“{words[0]}” where {'{' if waiting else 'something else'} is needed")
                if key == "{":
                    open_joints.append(len(self.names) - 1)
                    waiting, words = False, words[1:]
                elif key == "}":
                    closed = open_joints.pop() if open_joints else -1
                    if closed < 0 or len(self.offsets) < len(self.names):
                        raise self.wrong("a brace closes what is not open, or a joint without an OFFSET")
                    words = words[1:]
                    if not open_joints:
                        return
                else:
                    rest = words[words.index("{") :] if "{" in words else []
                    self._statement(key, words[1 : len(words) - len(rest)], open_joints)
                    waiting, words = key in ("ROOT", "JOINT", "END"), rest
        raise self.wrong("the hierarchy is not closed")

    def _statement(self, key: str, words: list[str], open_joints: list[int]) -> None:
        if key in ("ROOT", "JOINT", "END"):
            if (key == "ROOT") != (not open_joints) or not words or len(self.offsets) < len(self.names):
                raise self.wrong(f"{key} has no place here or no name")
            parent = open_joints[-1] if open_joints else -1
            self.names.append(self.names[parent] + END if key == "END" else " ".join(words))
            self.parents.append(parent)
            self.channels.append(())
        elif key == "OFFSET" and open_joints:
            offset = self._numbers(words)
            if len(offset) != 3 or len(self.offsets) != len(self.names) - 1:
                raise self.wrong("an OFFSET has three numbers, once for each joint")
            self.offsets.append(offset)
        elif key == "CHANNELS" and open_joints and words:
            channels = tuple(word.lower() for word in words[1:])
            if words[0] != str(len(channels)) or len(set(channels)) != len(channels):
                raise self.wrong(f"{words[0]} CHANNELS, but {len(channels)} names")
            if unknown := set(channels) - {*_POSITIONS, *_ROTATIONS}:
                raise self.wrong(f"there is no channel {', '.join(sorted(unknown))}")
            self.channels[open_joints[-1]] = channels
        else:
            raise self.wrong(f"“{key}” is not known here")

    def _header(self) -> tuple[int, float]:
        """Number of frames and seconds from frame to frame."""
        if [word.upper() for word in next(self.lines, [])] != ["MOTION"]:
            raise self.wrong("MOTION is needed after the hierarchy")
        found: dict[str, float] = {}
        for key in ("FRAMES:", "FRAME TIME:"):
            text = " ".join(next(self.lines, []))
            if not text.upper().startswith(key):
                raise self.wrong(f"“{key.title()}” is needed")
            values = self._numbers(text[len(key) :].split())
            if len(values) != 1 or values[0] < 0:
                raise self.wrong(f"“{key.title()}” needs a number")
            if key == "FRAMES:" and (values[0] < 1 or values[0] != int(values[0])):
                raise self.wrong("there is no frame, or not a whole number of them")
            found[key] = values[0]
        return int(found["FRAMES:"]), found["FRAME TIME:"]

    def _numbers(self, words: list[str]) -> list[float]:
        try:
            numbers = [float(word) for word in words]
        except ValueError as error:
            raise self.wrong(str(error)) from error
        if not np.isfinite(numbers).all():
            raise self.wrong("a number is not finite")
        return numbers
