"""What is told about the application: the sheet of keys, and who made what under which terms."""

from __future__ import annotations

import platform
from html import escape
from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QTextBrowser, QWidget

from app.icons import application_icon
from app.keys_sheet import Group, KeysSheet
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


def gestures(workspace: str) -> list[Group]:
    """What mouse and keys do on the pictures of a workspace, beyond its actions."""
    if workspace == "pose":
        return [*_pose_gestures(), _moving()]
    skeleton = workspace == "skeleton"
    mouse = [
        *([(_tr("Point at a skeleton"), _tr("Show its circle, radius and confidence"))] if skeleton else []),
        (_tr("Left click"), _tr("Keep to the object there") if skeleton else _tr("Include what is there")),
        (_tr("Right click, Shift + click"), _tr("Exclude what is there")),
        (_tr("Drag"), _tr("Draw a box around the object")),
        (_tr("Drag a sign"), _tr("Move that click")),
        (_tr("Right click on a sign"), _tr("Remove it or turn it around")),
    ]
    keys = [
        (_tr("Arrow keys"), _tr("Move the crosshair; with Ctrl by one pixel")),
        (_tr("Enter, Shift + Enter"), _tr("Include or exclude under the crosshair")),
        (_tr("B, arrows, Enter"), _tr("Draw a box from the crosshair")),
        (_tr("M, arrows, Enter"), _tr("Carry the click under the crosshair")),
    ]
    return [(_tr("Mouse"), mouse), _moving(), (_tr("The same by keyboard"), keys)]


def _moving() -> Group:
    return _tr("Zoom and pan the photo"), [
        (_tr("Wheel, pinch"), _tr("Zoom where the mouse is")),
        (_tr("Space + drag, middle"), _tr("Pan")),
        (_tr("Two fingers"), _tr("Pan; with Ctrl, zoom")),
    ]


def _pose_gestures() -> list[Group]:
    photo = [
        (_tr("Drag a joint"), _tr("Move it; an untouched pose follows")),
        (_tr("Right click on it"), _tr("Visible, hidden, unknown")),
        (_tr("Click beside"), _tr("Place the next unknown joint")),
        (_tr("Click on another"), _tr("Open that person")),
        (_tr("Drag, Ctrl + drag"), _tr("Draw a box where nobody is known")),
        (_tr("Ctrl + arrows"), _tr("Move the joint by 1 px; with Shift 10")),
    ]
    space = [
        (_tr("Drag a joint"), _tr("Move it within the view")),
        (_tr("Alt + drag, wheel"), _tr("Move it in depth")),
        (_tr("Drag a ring"), _tr("Turn the bone; with Ctrl in steps")),
        (_tr("Drag beside"), _tr("Turn the view; with Shift, push it")),
        (_tr("Wheel beside"), _tr("Zoom")),
        (_tr("Double click"), _tr("See all of the pose")),
        (_tr("Click a faint pose"), _tr("Take that hypothesis")),
    ]
    return [(_tr("In the photo"), photo), (_tr("In space"), space)]


def show_keys(groups: list[Group], workspace: str, parent: QWidget) -> QDialog:
    """A sheet of everything that mouse and keys do.

    Args:
        groups: Actions under titles.
        workspace: Its name.
    """
    dialog = KeysSheet([*gestures(workspace), *groups], parent)
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
