"""What the window remembers between runs: typed values over QSettings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths, Signal

RECENT_LIMIT = 8

T = TypeVar("T")


class Setting(Generic[T]):
    """A value kept under `key`; a stored value of another type or outside `choices` counts as absent."""

    def __init__(self, key: str, default: T, choices: tuple[T, ...] = ()) -> None:
        self.key, self.default, self.choices = key, default, choices

    @overload
    def __get__(self, owner: None, kind: Any = None) -> Setting[T]: ...
    @overload
    def __get__(self, owner: Settings, kind: Any = None) -> T: ...
    def __get__(self, owner: Settings | None, kind: Any = None) -> Setting[T] | T:
        if owner is None:
            return self
        try:
            value = json.loads(owner.text(self.key))
        except ValueError:
            return self.default
        if type(value) is not type(self.default) or (self.choices and value not in self.choices):
            return self.default
        return value

    def __set__(self, owner: Settings, value: T) -> None:
        if value != self.__get__(owner):
            owner.set_text(self.key, json.dumps(value))
            owner.changed.emit(self.key)


class Settings(QObject):
    """Every setting of the window.

    New values hold at once and reach the disk with `write`, which may be called from any thread: writing waits for the
    disk, and a slider must not.

    Args:
        store: Where the values live; None takes the user's own file.
    """

    changed = Signal(str)
    """Key of the setting that took a new value."""

    theme = Setting("window/theme", "system", ("system", "light", "dark"))
    device = Setting("compute/device", "auto", ("auto", "cpu", "cuda", "mps"))
    view = Setting("crop/view", "overlay", ("overlay", "checkerboard", "black", "white"))
    overlay_colour = Setting("crop/overlay_colour", "#2f8bff")
    overlay_opacity = Setting("crop/overlay_opacity", 45)
    outline = Setting("crop/outline", True)
    show_clicks = Setting("crop/show_clicks", True)
    hover_preview = Setting("crop/hover_preview", True)
    workspace = Setting("window/workspace", "crop", ("crop", "skeleton", "pose"))
    skeleton_view = Setting("skeleton/view", "skeleton", ("skeleton", "heat"))
    skeleton_colour = Setting("skeleton/colour", "scale", ("scale", "kind"))
    skeleton_circles = Setting("skeleton/circles", True)
    skeleton_density = Setting("skeleton/density", 6)
    skeleton_opacity = Setting("skeleton/opacity", 60)
    skeleton_format = Setting("skeleton/format", "json", ("json", "svg", "png", "csv"))
    pose_arcball = Setting("pose/arcball", False)
    pose_perspective = Setting("pose/perspective", True)
    pose_detection = Setting("pose/detection", True)
    pose_reprojection = Setting("pose/reprojection", True)
    pose_maps = Setting("pose/maps", "off", ("off", "foreground", "background"))
    pose_maps_opacity = Setting("pose/maps_opacity", 60)
    pose_pull = Setting("pose/pull", False)
    pose_keep_lengths = Setting("pose/keep_lengths", True)
    pose_hold_limits = Setting("pose/hold_limits", False)
    pose_symmetric = Setting("pose/symmetric", False)
    pose_places: Setting[dict[str, str]] = Setting("pose/places", {})
    """Who was open last in a set, by the project's path."""
    pose_export_format = Setting("pose/export_format", "json")
    export_format = Setting("export/format", "png", ("png", "tiff"))
    export_mask_only = Setting("export/mask_only", False)
    export_trim = Setting("export/trim", True)
    open_folder = Setting("folders/open", "")
    export_folder = Setting("folders/export", "")
    _recent: Setting[list[str]] = Setting("files/recent", [])
    _sets: Setting[list[str]] = Setting("files/recent_sets", [])

    def __init__(self, store: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store or QSettings("DeepSkel", "DeepSkel")
        self._unwritten: dict[str, str] = {}

    def text(self, key: str) -> str:
        """The value of a key as JSON."""
        unwritten = self._unwritten.get(key)
        return str(self.store.value(key, "null")) if unwritten is None else unwritten

    def set_text(self, key: str, text: str) -> None:
        self._unwritten[key] = text

    def write(self) -> None:
        """Put every new value on the disk."""
        pending = dict(self._unwritten)
        store = QSettings(self.store.fileName(), self.store.format())
        for key, text in pending.items():
            store.setValue(key, text)
        store.sync()
        for key, text in pending.items():
            if self._unwritten.get(key) == text:
                self._unwritten.pop(key)

    @property
    def recent(self) -> list[Path]:
        """Photos opened before that still exist, newest first."""
        return [path for path in map(Path, self._recent) if path.is_file()]

    def remember_photo(self, path: Path) -> None:
        """Put `path` at the head of the recent photos and its folder into the open dialog."""
        path = path.absolute()
        others = [str(other) for other in self.recent if other != path]
        self._recent = [str(path), *others][:RECENT_LIMIT]
        self.open_folder = str(path.parent)

    @property
    def recent_sets(self) -> list[Path]:
        """Sets of people opened before that still exist, newest first."""
        return [path for path in map(Path, self._sets) if path.is_file()]

    def remember_set(self, path: Path) -> None:
        """Put a project at the head of the recent sets."""
        path = path.absolute()
        others = [str(other) for other in self.recent_sets if other != path]
        self._sets = [str(path), *others][:RECENT_LIMIT]

    def remember_place(self, path: Path, person: str) -> None:
        """Who is open in a set; of those that are remembered alone."""
        kept = {name: who for name, who in self.pose_places.items() if name in self._sets}
        self.pose_places = kept | {str(path.absolute()): person}

    def forget_recent(self) -> None:
        self._recent, self._sets = [], []

    def folder(self, which: str) -> Path:
        """Folder that the "open" or "export" dialog starts in: the last one used, else the user's pictures."""
        last = Path(self.export_folder if which == "export" else self.open_folder)
        if str(last) != "." and last.is_dir():
            return last
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()

    def save_bytes(self, key: str, value: QByteArray) -> None:
        self.store.setValue(key, value)

    def load_bytes(self, key: str) -> QByteArray:
        value = self.store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()
