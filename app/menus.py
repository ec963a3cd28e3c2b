"""Menu bar, tool bar and the device menu, built of actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from app.help import show_about, show_keys
from app.icons import icon
from app.keys_sheet import Group
from app.method import PoseReady, Ready, SkeletonReady
from app.widgets.side_panel import segment
from app.workspaces.actions import connect

if TYPE_CHECKING:
    from app.window import MainWindow


class Menus(QObject):
    """Everything that the window itself can do, and where each act of the workspace is found."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, bench = window, window.workbench
        self._common, self._crop, self._skeleton = bench.common, bench.crop.actions_, bench.skeleton.actions_
        self._pose = bench.pose.actions_
        tr = self.tr
        self.open = self._action("open", tr("Open photo…"), "Ctrl+O", window.opener.ask)
        self.paste = self._action("paste", tr("Paste photo"), "Ctrl+V", window.opener.paste)
        self.quit = self._action("quit", tr("Quit"), "Ctrl+Q", window.close)
        self.keys = self._action("keyboard", tr("Keys and gestures"), "F1", self._show_keys)
        self.about = self._action("info", tr("About DeepSkel"), "", lambda: show_about(window))
        self.escape = self._action("close", tr("Stop or dismiss"), "Esc", window.escape)
        self.recent = QMenu(tr("Open recent"), window)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.device = self._choices(
            tr("&Device"),
            "device",
            {"auto": tr("Automatic"), "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"},
        )
        self.device.addSeparator()
        self._reason = self.device.addAction("")
        self._reason.setEnabled(False)
        window.settings.changed.connect(self._on_setting)
        self._fill_menu_bar()
        self.bar = self._make_bar()

    def show_device(self, ready: Ready | SkeletonReady | PoseReady) -> None:
        """Say in the device menu what is used and why."""
        self._reason.setText(f"{ready.device}: {ready.reason}")

    def _fill_menu_bar(self) -> None:
        # Acts of the workspaces that are not active are invisible, and so are separators that separate nothing.
        tr, bar, common = self.tr, self._window.menuBar(), self._common
        crop, skeleton, pose = self._crop, self._skeleton, self._pose
        file = bar.addMenu(tr("&File"))
        file.addAction(self.open)
        file.addMenu(self.recent)
        file.addAction(self.paste)
        file.addSeparator()
        file.addActions([skeleton.load_truth, skeleton.drop_truth])
        file.addSeparator()
        file.addActions([pose.open_set, pose.open_folder, pose.save, pose.missing, pose.close_set])
        file.addSeparator()
        file.addActions([crop.export, crop.copy, skeleton.export, pose.export])
        file.addSeparator()
        file.addAction(self.quit)
        edit = bar.addMenu(tr("&Edit"))
        edit.addActions([common.undo, common.redo])
        edit.addSeparator()
        edit.addActions([common.flip, common.remove, common.remove_box, common.clear])
        edit.addSeparator()
        edit.addActions(crop.candidates)
        edit.addActions([*skeleton.places.values(), skeleton.multi_scale, skeleton.read])
        view = bar.addMenu(tr("&View"))
        view.addActions([*common.workspaces.values()])
        view.addSeparator()
        view.addActions([*crop.views.values(), crop.next_view])
        view.addActions([*skeleton.sources.values()])
        view.addSeparator()
        view.addActions([*skeleton.views.values(), skeleton.next_view])
        view.addSeparator()
        view.addActions([*skeleton.colours.values(), skeleton.next_colour])
        view.addSeparator()
        view.addActions([*pose.looks.values(), pose.arcball, pose.perspective])
        view.addSeparator()
        view.addActions([pose.detection, pose.reprojection, *pose.maps.values(), pose.next_map, pose.statistics])
        view.addSeparator()
        view.addActions([crop.outline, crop.hover, skeleton.circles, skeleton.recovered, common.show_clicks])
        view.addSeparator()
        view.addActions([common.zoom_in, common.zoom_out, common.fit, common.actual])
        view.addSeparator()
        themes = {"system": tr("Like the system"), "light": tr("Light"), "dark": tr("Dark")}
        view.addMenu(self._choices(tr("Theme"), "theme", themes))
        self._fill_pose_menus()
        bar.addMenu(self.device)
        tell = bar.addMenu(tr("&Help"))
        tell.addActions([self.keys, self.about])

    def _fill_pose_menus(self) -> None:
        """Menus of their own: there is too much for the ones that all workspaces share."""
        tr, bar, a = self.tr, self._window.menuBar(), self._pose
        person = bar.addMenu(tr("&Person"))
        person.addActions([a.done, a.next, a.previous, a.next_todo])
        person.addSeparator()
        person.addActions([a.reviewed, a.flagged, a.notes, a.search])
        person.addSeparator()
        person.addActions([a.predict, a.relift, a.copy_previous, a.next_candidate, a.previous_candidate])
        body = bar.addMenu(tr("&Body"))
        hold = body.addMenu(tr("Take hold of"))
        hold.addActions([*a.limbs.values(), a.next_joint, a.previous_joint])
        turn = body.addMenu(tr("Turn and move"))
        turn.addActions([*a.turns.values(), a.farther, a.nearer])
        body.addSeparator()
        body.addActions([a.flip_limb, a.flip_bone, a.swap_limb, a.reset_limb, a.fix_limb, a.pin, a.unpin])
        body.addSeparator()
        body.addActions([a.flip_all, a.mirror, a.swap_all, a.reset_all, a.equal_lengths, a.to_limits, a.refit])
        body.addSeparator()
        body.addActions([a.visibility, a.forget])
        body.addSeparator()
        body.addActions([a.pull, a.keep_lengths, a.hold_limits, a.symmetric])
        self._pose_menus = (person, body)
        bench = self._window.workbench
        bench.workspace_changed.connect(self._show_pose_menus)
        self._show_pose_menus()

    def _show_pose_menus(self) -> None:
        bench = self._window.workbench
        for menu in self._pose_menus:
            menu.menuAction().setVisible(bench.active is bench.pose)

    def _make_bar(self) -> QToolBar:
        common = self._common
        bar = QToolBar(self.tr("Tools"))
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setObjectName("tools")
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.addAction(self.open)
        for button in bar.findChildren(QToolButton):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.addSeparator()
        switch = segment(common.workspaces.values(), beside=True)
        switch.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        bar.addWidget(switch)
        bar.addSeparator()
        bar.addActions([common.undo, common.redo, common.clear])
        bar.addSeparator()
        bar.addActions([common.zoom_out, common.zoom_in, common.fit, common.actual])
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        bar.addAction(self.keys)
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(button.text())
        return bar

    def _choices(self, title: str, setting: str, options: dict[str, str]) -> QMenu:
        """A menu of which one entry holds: the value of a setting."""
        menu, group = QMenu(title, self._window), QActionGroup(self)
        for value, text in options.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(getattr(self._window.settings, setting) == value)
            connect(action, partial(setattr, self._window.settings, setting, value))
            group.addAction(action)
        return menu

    def _action(self, picture: str, text: str, keys: str, act: Callable[[], object]) -> QAction:
        action = QAction(icon(picture), text, self._window)
        action.setShortcut(QKeySequence(keys))
        action.setToolTip(f"{text}  ({keys})" if keys else text)
        connect(action, act)
        self._window.addAction(action)
        return action

    def _fill_recent(self) -> None:
        self.recent.clear()
        paths = self._window.settings.recent
        sets = self._window.settings.recent_sets
        for path in sets:
            action = self.recent.addAction(icon("folder"), path.name)
            action.setToolTip(str(path))
            connect(action, partial(self._window.sets.open, path))
        if sets and paths:
            self.recent.addSeparator()
        for path in paths:
            action = self.recent.addAction(path.name)
            action.setToolTip(str(path))
            connect(action, partial(self._window.opener.open_path, path))
        if paths or sets:
            self.recent.addSeparator()
            connect(self.recent.addAction(self.tr("Forget these")), self._window.settings.forget_recent)
        else:
            self.recent.addAction(self.tr("Nothing yet")).setEnabled(False)

    def _on_setting(self, key: str) -> None:
        if key == type(self._window.settings).device.key:
            self._window.workbench.use_device(self._window.settings.device)

    def _show_keys(self) -> None:
        tr, common, active = self.tr, self._common, self._window.workbench.active
        groups: list[Group] = [
            *active.actions_.groups(),
            (
                tr("Edit and zoom"),
                [
                    (tr("Esc"), tr("Give back what is dragged; stop; dismiss")),
                    common.undo, common.redo, *common.clicking,
                    common.zoom_in, common.zoom_out, common.fit, common.actual,
                ],
            ),
            (tr("Window"), [*common.workspaces.values(), self.open, self.paste, self.keys, self.quit]),
        ]  # fmt: skip
        show_keys(groups, self._window.settings.workspace, self._window)
