"""From the open person to the eye: both pictures, strip, panel, and which acts make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from app.canvas.joint_words import joint_words
from app.canvas3d.scene import Scene
from app.workspaces.pose.words import chosen_of, joint_line, person_words
from app.workspaces.workspace import Facts
from engine.pose.editing.rules import limits_passed
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import Person

if TYPE_CHECKING:
    from app.workspaces.pose.workspace import PoseWorkspace


class Showing(QObject):
    """Draws what the workspace knows; changes nothing but `base`.

    `base` is the candidate that the pose was taken from last.
    """

    def __init__(self, workspace: PoseWorkspace) -> None:
        super().__init__(workspace)
        self._w = workspace
        self.base: Candidate | None = None
        self._raised: Candidate | None = None
        self._framed = ("", 0)

    def refresh(self) -> None:
        """Show what holds."""
        w = self._w
        if not w.active:
            return
        person, candidates = w.person, w.hypotheses.candidates
        chosen = chosen_of(person, candidates)
        if chosen is not None:
            self.base = candidates[chosen]
        w.layer.show_state(person.state if person else None)
        w.layer.show_box(person.box if person else None)
        w.layer.show_others(self._others())
        w.space.show_scene(self._scene(person, candidates, chosen))
        self._frame(person)
        w.strip.show_candidates(candidates, chosen)
        w.panel.show_words(person_words(person, w.hypotheses.problem, reading=w.hypotheses.reading, limited=True))
        w.panel.show_person(person if w.in_set else None)
        self._show_joint(person)
        self._show_maps()
        self._show_actions(person)
        w.state_changed.emit()

    def show_selection(self, *_: object) -> None:
        """Another joint is selected: at once, for the key that acts on it may come before anything is drawn."""
        if self._w.active:
            self._show_joint(self._w.person)
            self._show_actions(self._w.person)
            self._w.refresh_soon()

    def show_style(self) -> None:
        """Show what the settings say about looks."""
        w, s = self._w, self._w.settings
        w.layer.show_parts(detection=s.pose_detection, reprojection=s.pose_reprojection, maps=s.pose_maps_opacity / 100)
        w.space.set_navigation("arcball" if s.pose_arcball else "turntable")
        w.space.set_perspective(s.pose_perspective)
        self._show_maps()

    def show_hovered_candidate(self, index: int | None) -> None:
        """Bring a candidate forward while the mouse is over its card."""
        w = self._w
        if w.active:
            w.space.show_raised(index)
            self._raised = w.hypotheses.candidates[index] if index is not None else None
            self._show_maps()

    def _frame(self, person: Person | None) -> None:
        """Bring a pose into sight when its person is opened, and when it is lifted from more joints than before."""
        if person is None or person.state.pose is None:
            self._framed = ("", 0)
            return
        who, known = self._framed
        now = int(person.state.known.sum())
        if who != person.person or (now > known and "edited" not in person.state.pose_from):
            self._w.space.frame_pose()
        self._framed = (person.person, now)

    def _scene(self, person: Person | None, candidates: list[Candidate], chosen: int | None) -> Scene:
        w = self._w
        pose = person.state.pose if person else None
        if person is None or pose is None:
            return Scene(photo_size=w.document.size if w.document else None)
        state = person.state
        edited = frozenset(i for i, source in enumerate(state.pose_from) if source == "edited")
        return Scene(
            pose,
            tuple(candidate.pose for candidate in candidates),
            chosen,
            w.editor.pins,
            frozenset(joint for joint, degrees in limits_passed(pose).items() if degrees >= 1),
            edited,
            state.camera,
            w.document.size if w.document else None,
        )

    def _others(self) -> list[tuple[str, np.ndarray]]:
        """Other people of the same photo."""
        w = self._w
        if w.set is None or w.person is None or not w.in_set:
            return []
        return [(p.person, p.state.joints) for p in w.people.people_of(w.person.image) if p.person != w.person.person]

    def _show_joint(self, person: Person | None) -> None:
        w, joint = self._w, self._w.editor.selected
        shown = None if person is None or joint is None else int(person.state.visibility[joint])
        w.panel.show_joint(joint_line(person, joint), shown)

    def _show_maps(self) -> None:
        """Maps are not kept beside the project: the networks are asked for them when somebody wants to see them."""
        w = self._w
        if w.active and w.settings.pose_maps != "off":
            w.hypotheses.want_maps()
        match w.settings.pose_maps:
            case "foreground":
                w.layer.show_maps(w.hypotheses.maps(self._raised or self.base), "foreground")
            case "background":
                w.layer.show_maps(w.hypotheses.maps(self._raised or self.base), "background")
            case _:
                w.layer.show_maps(None)

    def _show_actions(self, person: Person | None) -> None:
        w, a = self._w, self._w.actions_
        posed = person is not None and person.state.pose is not None
        held = posed and w.editor.selected is not None
        for action in (a.flip_all, a.mirror, a.swap_all, a.equal_lengths, a.to_limits, a.refit, a.export, a.reset_all):
            action.setEnabled(posed)
        limb = (a.flip_limb, a.swap_limb, a.reset_limb, a.fix_limb, a.pin, a.farther, a.nearer, *a.turns.values())
        for action in limb:
            action.setEnabled(held)
        a.flip_bone.setEnabled(posed and w.editor.bone is not None)
        for action in (a.visibility, a.forget):
            action.setEnabled(person is not None and w.editor.selected is not None)
        for action in (a.next_joint, a.previous_joint, *a.limbs.values()):
            action.setEnabled(person is not None)
        for i, action in enumerate(a.candidates):
            action.setEnabled(i < len(w.hypotheses.candidates))
            a.limb_from[i].setEnabled(held and i < len(w.hypotheses.candidates))
        for action in (a.next_candidate, a.previous_candidate):
            action.setEnabled(bool(w.hypotheses.candidates))
        a.relift.setEnabled(person is not None)
        a.predict.setEnabled(person is not None and w.page is not None and not w.page.problem)
        in_set = w.in_set
        for action in (
            a.next, a.previous, a.next_todo, a.done, a.reviewed, a.flagged, a.notes, a.search, a.statistics,
            a.close_set, a.save, a.copy_previous,
        ):  # fmt: skip
            action.setEnabled(in_set)
        a.missing.setEnabled(bool(in_set and w.set and w.set.project.missing))
        a.reviewed.setChecked(bool(person and person.reviewed))
        a.flagged.setChecked(bool(person and person.flagged))
        a.pin.setChecked(w.editor.selected in w.editor.pins)
        a.fix_limb.setChecked(bool(person and w.editor.limb in person.state.fixed))
        a.unpin.setEnabled(bool(w.editor.pins))

    # Words

    def hint(self) -> str:
        """What can be done next."""
        w = self._w
        if w.document is None:
            return self.tr("Open a photo with a person, or a set of people.")
        person, joint = w.person, w.editor.selected
        if person is None:
            return self.tr("Opening the photo…")
        if w.hypotheses.reading and person.state.pose is None:
            return self.tr("Looking for the person…")
        if joint is not None and not person.state.known[joint]:
            return self.tr("Click where the {joint} is, or select another joint.").format(joint=joint_words(joint))
        if person.state.pose is None:
            return self.tr("Drag a box around the person, or click where the joints are.")
        if joint is None:
            return self.tr("Click a joint, or press J. D flips a limb in depth, 1–9 take a hypothesis.")
        return self.tr("Drag it, turn its bone with the arrow keys, D flips the limb in depth. Enter: reviewed, next.")

    def facts(self) -> Facts:
        """What the status bar tells."""
        w = self._w
        prediction = w.hypotheses.prediction
        if w.set is None or not w.in_set:
            return Facts(prediction.seconds if prediction else None)
        words = self.tr("{n} of {all}").format(n=f"{w.set.current + 1:,}", all=f"{len(w.set):,}")
        if not w.set.clean:
            words += self.tr(", keeping…")
        return Facts(prediction.seconds if prediction else None, words)
