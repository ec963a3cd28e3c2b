"""The Pose workspace's panel: the person, the pose, the selected joint, by which rules, and what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from app.settings import Settings
from app.widgets import make
from app.widgets.side_panel import SidePanel, check, segment
from app.widgets.slide import Slide
from app.workspaces.pose.actions import PoseActions
from app.workspaces.pose.people.notes import Notes
from app.workspaces.pose.words import Words
from engine.pose.project.person import Person


class PosePanel(SidePanel):
    """Shows and asks; what happens is the workspace's business."""

    visibility_chosen = Signal(int)
    opacity_moved = Signal(int, object)

    def __init__(self, actions: PoseActions, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, a = self.tr, actions
        self._figure = make.label("–", "figure")
        self._words = make.label(role="muted", wrap=True)
        self.notes = Notes()
        self._joint = make.label(wrap=True)
        self._visibility = _Choice((tr("Visible"), tr("Hidden"), tr("Unknown")), (2, 1, 0))
        self._visibility.chosen.connect(self.visibility_chosen)
        self.opacity = Slide(tr("Opacity"))
        self.opacity.show_value(settings.pose_maps_opacity)
        self.opacity.changed.connect(self.opacity_moved)
        self._problem = make.label(role="muted", wrap=True)
        self._problem.hide()
        choosing = _grid((a.relift, a.predict, a.copy_previous, a.reset_all))
        self.section(tr("Pose"), self._figure, self._words, choosing)
        self._person = self.section(tr("Person"), self.notes)
        limb = _grid((a.flip_limb, a.flip_bone, a.swap_limb, a.reset_limb, a.fix_limb, a.pin))
        self.section(tr("Joint and limb"), self._joint, self._visibility, limb)
        whole = _grid((a.flip_all, a.mirror, a.swap_all, a.equal_lengths, a.to_limits, a.refit))
        self.section(tr("Whole body"), whole)
        rules = (a.pull, a.keep_lengths, a.hold_limits, a.symmetric)
        self.section(tr("While dragging"), *(check(action) for action in rules))
        seen = (a.detection, a.reprojection, a.perspective, a.arcball)
        self.section(
            tr("View"),
            segment(a.looks.values(), icons=False),
            segment(a.maps.values(), icons=False),
            self.opacity,
            *(check(action) for action in seen),
            self._problem,
        )
        self.end_sections()

    def show_words(self, words: Words) -> None:
        """Say where the person stands."""
        self._figure.setText(words.figure)
        self._words.setText(words.text)

    def show_person(self, person: Person | None) -> None:
        """Show notes and marks; None when nobody is open."""
        self._person.setVisible(person is not None)
        if person is not None:
            self.notes.show_person(person)

    def show_problem(self, problem: str) -> None:
        """Say why the 3D view is drawn without OpenGL; empty when it is drawn with it."""
        self._problem.setText(self.tr("Drawn without OpenGL: {why}").format(why=problem))
        self._problem.setVisible(bool(problem))

    def show_joint(self, line: str, visibility: int | None) -> None:
        """Show the selected joint; `visibility` is None when there is none."""
        self._joint.setText(line)
        self._visibility.setVisible(visibility is not None)
        self._visibility.show_value(visibility)


class _Choice(QWidget):
    """Words side by side, of which one holds."""

    chosen = Signal(int)

    def __init__(self, words: Sequence[str], values: Sequence[int]) -> None:
        super().__init__()
        self._actions = {value: QAction(word, self, checkable=True) for word, value in zip(words, values, strict=True)}
        for value, action in self._actions.items():
            action.triggered.connect(lambda checked=False, v=value: self.chosen.emit(v))
        make.column(0, parent=self).addWidget(segment(self._actions.values(), icons=False))

    def show_value(self, value: int | None) -> None:
        for each, action in self._actions.items():
            action.setChecked(each == value)


def _grid(actions: Sequence[QAction]) -> QWidget:
    """Small buttons in two columns."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(6)
    for i, action in enumerate(actions):
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName("act")
        button.setToolButtonStyle(QToolButton().toolButtonStyle().ToolButtonTextOnly)
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        grid.addWidget(button, i // 2, i % 2)
    return widget
