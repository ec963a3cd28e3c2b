"""What is told about the application: the sheet of keys, and who made what under which terms."""

from __future__ import annotations

import platform
from html import escape
from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QTextBrowser, QWidget

from app.icons import application_icon
from app.widgets import make

PARTS: tuple[str, ...] = (
    "torch",
    "torchvision",
    "PySide6-Essentials",
    "numpy",
    "scipy",
    "opencv-python-headless",
    "pillow",
)
PARTS += ("tifffile", "imagecodecs", "scikit-image", "pyqtgraph", "safetensors", "pydantic", "platformdirs")


def _tr(text: str) -> str:
    return QCoreApplication.translate("help", text)


def gestures(workspace: str) -> list[tuple[str, str]]:
    """What mouse and keys do on the photo in a workspace, beyond the menus."""
    if workspace == "pose":
        return [*_pose_gestures(), *_moving()]
    skeleton = workspace == "skeleton"
    return [
        *([(_tr("Point at a skeleton"), _tr("Show its circle, radius and confidence"))] if skeleton else []),
        (_tr("Left click"), _tr("Keep to the object there") if skeleton else _tr("Include what is there")),
        (_tr("Right click, Shift + click"), _tr("Exclude what is there")),
        (_tr("Drag"), _tr("Draw a box around the object")),
        (_tr("Drag a sign"), _tr("Move that click")),
        (_tr("Right click on a sign"), _tr("Remove it or turn it around")),
        *_moving(),
        (_tr("Arrow keys"), _tr("Move the crosshair; with Ctrl by one pixel")),
        (_tr("Enter, Shift + Enter"), _tr("Include or exclude under the crosshair")),
        (_tr("B, arrows, Enter"), _tr("Draw a box from the crosshair")),
        (_tr("M, arrows, Enter"), _tr("Carry the click under the crosshair")),
        (_tr("Esc"), _tr("Stop what is running, put the crosshair away")),
    ]


def _moving() -> list[tuple[str, str]]:
    """Zoom and pan."""
    return [
        (_tr("Wheel, pinch"), _tr("Zoom where the mouse is")),
        (_tr("Space + drag, middle drag"), _tr("Pan")),
        (_tr("Two fingers on a touchpad"), _tr("Pan; with Ctrl, zoom")),
    ]


def _pose_gestures() -> list[tuple[str, str]]:
    return [
        (_tr("Drag a joint in the photo"), _tr("Move it; an untouched pose is lifted again")),
        (_tr("Right click on a joint"), _tr("Visible, hidden, unknown")),
        (_tr("Click beside the joints"), _tr("Place the next unknown joint, or open another person")),
        (_tr("Drag beside the person"), _tr("Draw a box where nobody is known; with Ctrl, always")),
        (_tr("Drag a joint in 3D"), _tr("Move it within the view")),
        (_tr("Alt + drag, wheel over a joint"), _tr("Move it in depth")),
        (_tr("Drag a ring"), _tr("Turn the selected bone")),
        (_tr("Click a faint pose or a card"), _tr("Take that hypothesis; a card with Shift: the selected limb of it")),
        (_tr("Drag beside the pose in 3D"), _tr("Turn the view")),
        (_tr("Ctrl + arrows on the photo"), _tr("Move the selected joint by a pixel; with Shift by ten")),
    ]


def show_keys(actions: list[QAction], workspace: str, parent: QWidget) -> QDialog:
    """A sheet of everything that mouse and keys do."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("Keys and gestures"))
    rows = gestures(workspace)
    keyed = [
        (" / ".join(key.toString(key.SequenceFormat.NativeText) for key in action.shortcuts()), action.toolTip())
        for action in actions
        if action.shortcuts()
    ]
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(8)
    rows += [(keys, tip.split("  (")[0]) for keys, tip in keyed]
    half = (len(rows) + 1) // 2
    for index, (keys, meaning) in enumerate(rows):
        grid.addWidget(QLabel(f"<b>{escape(keys)}</b>"), index % half, 2 * (index // half))
        grid.addWidget(QLabel(meaning), index % half, 2 * (index // half) + 1)
    close = QPushButton(_tr("Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    column = make.column(18, (28, 24, 28, 20), dialog)
    column.addLayout(grid)
    column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.open()
    return dialog


def show_about(parent: QWidget) -> QDialog:
    """Version, licence, and the licences of what it is built on."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("About DeepSkel"))
    picture = make.label(align=make.CENTRE)
    picture.setPixmap(application_icon().pixmap(72, 72))
    title = make.label(f"DeepSkel {QCoreApplication.applicationVersion()}", "title", align=make.CENTRE)
    text = QLabel(
        _tr("Click an object in a photo and get it cut out,<br>with its skeleton and inscribed circles.<br>")
        + _tr("Everything is computed on this computer.<br>Apache-2.0")
        + f"<br>Python {platform.python_version()}, Qt {qVersion()}, {escape(platform.platform(terse=True))}"
    )
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    parts = QTextBrowser()
    parts.setAccessibleName(_tr("Licences"))
    parts.setHtml("<table cellpadding='3'>" + "".join(map(_licence_row, PARTS)) + "</table>")
    parts.setMinimumSize(460, 220)
    close = QPushButton(_tr("Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    column = make.column(12, (28, 24, 28, 20), dialog)
    for widget in (picture, title, text, parts):
        column.addWidget(widget)
    column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.open()
    return dialog


def _licence_row(package: str) -> str:
    try:
        facts = metadata(package).json
    except PackageNotFoundError:
        return ""
    terms = str(facts.get("license_expression") or facts.get("license") or "")
    if not terms or len(terms) > 120:  # some packages put the whole text there
        classifiers = [c.rsplit(" :: ", 1)[-1] for c in facts.get("classifier", []) if c.startswith("License")]
        terms = ", ".join(classifiers) or _tr("see the package")
    return f"<tr><td><b>{escape(package)}</b></td><td>{escape(version(package))}</td><td>{escape(terms)}</td></tr>"
