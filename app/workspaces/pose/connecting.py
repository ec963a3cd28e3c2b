"""From keys, buttons, mouse and strip to what they do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.workspaces.actions import connect
from app.workspaces.pose.actions import FINE, STEP, TURNS
from app.workspaces.pose.words import chosen_of
from engine.pose.project.candidates import Candidate

if TYPE_CHECKING:
    from app.workspaces.pose.workspace import PoseWorkspace

MAPS = ("off", "foreground", "background")


def connect_acts(w: PoseWorkspace) -> None:
    """Once, when the workspace is made."""
    _connect_set(w)
    _connect_choosing(w)
    _connect_fixing(w)
    _connect_pictures(w)
    _connect_view(w)


def _connect_set(w: PoseWorkspace) -> None:
    a, people = w.actions_, w.people
    connect(a.next, lambda: w.go(people.neighbour(1)))
    connect(a.previous, lambda: w.go(people.neighbour(-1)))
    connect(a.next_todo, lambda: w.go(people.next_todo()))
    connect(a.done, lambda: _done(w))
    a.reviewed.triggered.connect(lambda on: _mark(w, w.tr("reviewed"), reviewed=on))
    a.flagged.triggered.connect(lambda on: _mark(w, w.tr("flagged"), flagged=on))
    connect(a.notes, w.panel.notes.begin)
    connect(a.search, people.begin_search)
    connect(a.statistics, w.show_statistics)
    people.person_chosen.connect(w.go)
    notes = w.panel.notes
    notes.notes_changed.connect(lambda text, gesture: _mark(w, w.tr("note"), gesture, notes=text))
    notes.reviewed_asked.connect(lambda on: _mark(w, w.tr("reviewed"), reviewed=on))
    notes.flagged_asked.connect(lambda on: _mark(w, w.tr("flagged"), flagged=on))
    notes.left.connect(w.canvas.setFocus)
    people.left_list.connect(w.canvas.setFocus)


def _connect_choosing(w: PoseWorkspace) -> None:
    a, editor = w.actions_, w.editor
    for i, action in enumerate(a.candidates):
        connect(action, partial(_choose, w, i))
        connect(a.limb_from[i], partial(_take_limb, w, i))
    connect(a.next_candidate, lambda: _step_candidate(w, 1))
    connect(a.previous_candidate, lambda: _step_candidate(w, -1))
    w.strip.chosen.connect(partial(_choose_card, w))
    w.strip.hovered.connect(w.showing.show_hovered_candidate)
    w.space.candidate_chosen.connect(partial(_choose, w))
    connect(a.predict, w.hypotheses.read)
    connect(a.relift, editor.relift)
    connect(a.copy_previous, lambda: _copy(w))


def _connect_fixing(w: PoseWorkspace) -> None:
    a, editor = w.actions_, w.editor
    for action, act in (
        (a.flip_limb, editor.flip_limb),
        (a.flip_bone, editor.flip_bone),
        (a.flip_all, editor.flip_all),
        (a.mirror, editor.mirror),
        (a.swap_limb, editor.swap_limb),
        (a.swap_all, editor.swap_all),
        (a.fix_limb, editor.fix_limb),
        (a.pin, editor.toggle_pin),
        (a.unpin, editor.unpin),
        (a.equal_lengths, editor.equal_lengths),
        (a.to_limits, editor.to_limits),
        (a.refit, editor.refit),
        (a.next_joint, partial(editor.step, 1)),
        (a.previous_joint, partial(editor.step, -1)),
        (a.farther, partial(editor.deepen, 1.0)),
        (a.nearer, partial(editor.deepen, -1.0)),
        (a.visibility, editor.next_visibility),
        (a.forget, partial(editor.set_visibility, 0)),
    ):
        connect(action, act)
    connect(a.reset_limb, lambda: _reset(w, limb=True))
    connect(a.reset_all, lambda: _reset(w, limb=False))
    for (name, fine), action in a.turns.items():
        sideways, away = TURNS[name]
        degrees = FINE if fine else STEP
        connect(action, partial(editor.turn_by, degrees * sideways, degrees * away))
    for limb, action in a.limbs.items():
        connect(action, partial(editor.grab, limb))
    w.panel.visibility_chosen.connect(editor.set_visibility)
    editor.refused.connect(w.told)


def _connect_pictures(w: PoseWorkspace) -> None:
    editor, tool, space, layer = w.editor, w.tool, w.space, w.layer
    tool.hovered.connect(space.show_hover)
    tool.hovered.connect(layer.show_hover)
    space.hovered.connect(layer.show_hover)
    tool.selected.connect(editor.select)
    space.selected.connect(editor.select)
    tool.moved.connect(editor.move_joint)
    tool.given_up.connect(editor.give_up)
    tool.dropped.connect(w.open_person.settle)
    space.given_up.connect(editor.give_up)
    tool.visibility_asked.connect(editor.next_visibility)
    tool.placed.connect(editor.place)
    tool.boxed.connect(w.open_person.box)
    tool.person_chosen.connect(partial(_go_to, w))
    space.dragged.connect(editor.drag)
    space.turned.connect(editor.turn)
    editor.selected_changed.connect(space.show_selected)
    editor.selected_changed.connect(layer.show_selected)
    editor.selected_changed.connect(w.showing.show_selection)
    editor.pins_changed.connect(w.refresh_soon)


def _connect_view(w: PoseWorkspace) -> None:
    a, s, space = w.actions_, w.settings, w.space
    for view, action in a.looks.items():
        connect(action, partial(space.look, view))
    for action, name in (
        (a.arcball, "pose_arcball"),
        (a.perspective, "pose_perspective"),
        (a.detection, "pose_detection"),
        (a.reprojection, "pose_reprojection"),
        (a.pull, "pose_pull"),
        (a.keep_lengths, "pose_keep_lengths"),
        (a.hold_limits, "pose_hold_limits"),
        (a.symmetric, "pose_symmetric"),
    ):
        action.setChecked(getattr(s, name))
        action.toggled.connect(partial(setattr, s, name))
    a.maps[s.pose_maps].setChecked(True)
    a.maps_group.triggered.connect(lambda action: setattr(s, "pose_maps", action.data()))
    connect(a.next_map, lambda: a.maps[MAPS[(MAPS.index(s.pose_maps) + 1) % len(MAPS)]].trigger())
    w.panel.opacity_moved.connect(lambda value, gesture: setattr(s, "pose_maps_opacity", value))
    s.changed.connect(lambda key: w.showing.show_style() if key.startswith("pose/") else None)
    w.showing.show_style()
    space.problem_changed.connect(w.panel.show_problem)


# Acts that need more than the editor


def _go_to(w: PoseWorkspace, person: str) -> None:
    if w.set is not None:
        w.go(w.set.project.find(person))


def _mark(w: PoseWorkspace, text: str, gesture: object = None, **fields: object) -> None:
    if w.part is not None:
        w.part.mark(text, gesture, **fields)
    w.refresh_soon()


def _done(w: PoseWorkspace) -> None:
    """It is right: on to the next."""
    if w.part is None:
        return
    following = w.people.neighbour(1)
    _mark(w, w.tr("reviewed"), reviewed=True, flagged=False)
    w.go(following)


def _choose(w: PoseWorkspace, index: int) -> None:
    if index < len(w.hypotheses.candidates):
        w.editor.choose(w.hypotheses.candidates[index])
        w.showing.base = w.hypotheses.candidates[index]
    w.refresh_soon()


def _choose_card(w: PoseWorkspace, index: int) -> None:
    """With Shift only the selected limb is taken."""
    if QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
        _take_limb(w, index)
    else:
        _choose(w, index)


def _take_limb(w: PoseWorkspace, index: int) -> None:
    if index < len(w.hypotheses.candidates):
        w.editor.reset_limb(w.hypotheses.candidates[index])
    w.refresh_soon()


def _step_candidate(w: PoseWorkspace, forward: int) -> None:
    candidates = w.hypotheses.candidates
    if candidates:
        now = chosen_of(w.person, candidates)
        _choose(w, (now + forward) % len(candidates) if now is not None else 0)


def _reset(w: PoseWorkspace, *, limb: bool) -> None:
    """A limb to the hypothesis chosen last, everything to what was lifted."""
    candidates = w.hypotheses.candidates
    base: Candidate | None = w.showing.base if limb else None
    base = base or (candidates[0] if candidates else None)
    if base is None:
        w.told.emit(w.tr("There is no hypothesis to go back to."), w.tr("Mark joints, or let the network read."))
    elif limb:
        w.editor.reset_limb(base)
    else:
        w.editor.reset_all(base)


def _copy(w: PoseWorkspace) -> None:
    """From the person who was open before, else from the one above in the list."""
    if w.set is None:
        return
    source = w.set.previous if w.set.previous is not None else w.set.current - 1
    if not 0 <= source < len(w.set) or w.set.person(source).state.pose is None:
        w.told.emit(w.tr("There is no pose to copy."), w.tr("Open another person with a pose first."))
    else:
        w.editor.copy(w.set.person(source).state)
