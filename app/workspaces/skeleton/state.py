"""What the Skeleton workspace says of where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication

from app.workspaces.skeleton.drawing import Drawing


class Stage(Enum):
    """How far the skeleton that is asked for has got."""

    NO_PHOTO = auto()
    NO_OBJECT = auto()
    """It is asked for within an object, and there is none."""
    OBJECT = auto()
    """The object is being looked for."""
    READING = auto()
    STOPPED = auto()
    """The person gave the reading up."""
    FAILED = auto()
    SHOWN = auto()


@dataclass(frozen=True)
class Words:
    """Figure and text of the panel, and the hint of the status bar."""

    figure: str
    text: str
    hint: str


def words(stage: Stage, drawing: Drawing | None, percent: int) -> Words:
    """What to say.

    Args:
        stage: How far it is.
        drawing: What is shown, once it is.
        percent: The threshold.
    """
    pick = _tr("Click an object to keep to it. Point at the skeleton to see its circles.")
    match stage:
        case Stage.NO_PHOTO:
            return Words("–", "", _tr("Open a photo, or drop one anywhere on the window."))
        case Stage.NO_OBJECT:
            text = _tr("Click an object: its mask is needed here.")
            return Words(_tr("No object"), text, text)
        case Stage.OBJECT:
            return Words("…", _tr("Looking for the object…"), _tr("Looking for the object…"))
        case Stage.READING:
            return Words("…", _tr("Reading the skeleton…"), _tr("Reading the skeleton… Esc stops."))
        case Stage.STOPPED:
            text = _tr("Stopped. F5 reads the skeleton.")
            return Words("–", text, text)
        case Stage.FAILED:
            text = _tr("The skeleton could not be read. The medial axis of an object still works: press 2.")
            return Words(_tr("Not read"), text, _tr("F5 tries again. 2 shows the medial axis of an object."))
    if drawing is None or not drawing.graphs:
        return Words("…", _tr("Drawing…"), pick)
    if drawing.empty:
        if "predicted" in drawing.graphs:
            text = _tr("No skeleton is surer than {percent} %. Lower the threshold, or look at the heat.")
            return Words(_tr("Nothing found"), text.format(percent=percent), text.format(percent=percent))
        return Words(_tr("Nothing found"), _tr("The object has no axis. Click nearer to its middle."), pick)
    graph = next(graph for graph in drawing.graphs.values() if not graph.empty)
    lines = len(graph.branches)
    figure = _tr("{count} branches").format(count=lines) if lines != 1 else _tr("1 branch")
    known = graph.radius[graph.radius > 0]
    parts = int(graph.part_of.max()) + 1
    text = _tr("in one piece") if parts == 1 else _tr("in {parts} pieces").format(parts=parts)
    if len(known):
        text += _tr(", radius up to {radius:.0f} px").format(radius=known.max())
    return Words(figure, text, pick)


def _tr(text: str) -> str:
    return QCoreApplication.translate("skeleton", text)
