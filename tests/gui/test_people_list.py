"""The list of a set: who is shown, who is open, who comes next, what they look like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.document.annotation_set import AnnotationSet
from app.worker import Worker
from app.workspaces.pose.people.delegate import HEIGHT
from app.workspaces.pose.people.list import PeopleList
from app.workspaces.pose.people.thumbnails import KEPT, SIDE, Look, picture
from app.workspaces.pose.people.words import range_words, time_words
from engine.pose.project.filtering import ErrorRange, Filter
from tests.gui.conftest import Until
from tests.gui.crowd import change, crowd, people_set, person, photo

Key = Qt.Key
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("test")
    yield made
    assert made.stop()


@pytest.fixture
def people(qtbot: QtBot, worker: Worker) -> Iterator[PeopleList]:
    made = PeopleList(worker)
    made.resize(272, 700)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.finish()


@pytest.fixture
def annotations(people: PeopleList, worker: Worker, until: Until) -> AnnotationSet:
    """Open in the list, with person 4 open, as the workspace does it."""
    made = people_set(crowd(), worker)
    people.open(made)
    until(lambda: people.roster.summary is not None)
    open_person(people, made, 4)
    people.person_chosen.connect(lambda index: open_person(people, made, index))
    return made


def open_person(people: PeopleList, annotations: AnnotationSet, index: int) -> None:
    annotations.go(index)
    people.show_current()


def shown(people: PeopleList) -> list[int]:
    return people.model.rows.tolist()


def choose(people: PeopleList, text: str) -> None:
    """As a hand does it in the combo box."""
    kinds = people.bar.kinds
    row = next(i for i in range(kinds.count()) if kinds.itemText(i).startswith(text))
    kinds.setCurrentIndex(row)
    kinds.activated.emit(row)


# Who is shown


def test_everybody_is_there_before_anybody_was_looked_at(people: PeopleList, worker: Worker) -> None:
    people.open(people_set(crowd(), worker))
    assert people.roster.summary is None
    assert shown(people) == list(range(40))
    assert people.first_index() == 6


def test_kinds_show_their_numbers_and_their_people(people: PeopleList, annotations: AnnotationSet) -> None:
    assert [people.bar.kinds.itemText(i).split()[-1] for i in range(7)] == ["40", "34", "2", "4", "1", "1", "40"]
    choose(people, "Reviewed")
    assert shown(people) == [0, 1, 2, 3]
    choose(people, "High error")
    assert shown(people) == [7]
    choose(people, "All")
    assert len(shown(people)) == 40


def test_words_are_searched_as_they_are_typed(people: PeopleList, annotations: AnnotationSet) -> None:
    people.begin_search()
    QTest.keyClicks(people.bar.search, "LEFT")
    assert shown(people) == [6]
    QTest.keyClick(people.bar.search, Key.Key_Escape)
    assert len(shown(people)) == 40
    left = QSignalSpy(people.left_list)
    QTest.keyClick(people.bar.search, Key.Key_Escape)
    assert left.count() == 1


def test_nobody_passes_and_the_way_back(people: PeopleList, annotations: AnnotationSet) -> None:
    people.show_filter(Filter("flagged", "nowhere"))
    assert shown(people) == []
    assert not people.view.isVisible()
    assert people.neighbour(1) is None
    people._nobody.everybody.click()
    assert people.view.isVisible()
    assert len(shown(people)) == 40


def test_a_range_of_errors_can_be_removed_again(people: PeopleList, annotations: AnnotationSet) -> None:
    people.show_filter(Filter(error=ErrorRange("pixels", 30.0, np.inf)))
    assert shown(people) == [7]
    assert people.bar.range.isVisible()
    people.bar.range.click()
    assert len(shown(people)) == 40
    assert not people.bar.range.isVisible()


def test_who_is_open_stays_though_a_change_takes_them_out(
    people: PeopleList, annotations: AnnotationSet, until: Until
) -> None:
    open_person(people, annotations, 12)
    choose(people, "To do")
    before = shown(people)
    change(annotations, 12, reviewed=True)
    until(lambda: people.roster.summary.reviewed[12])
    until(lambda: "5 of 40" in people._status.text())
    assert shown(people) == before
    assert people.neighbour(1) == 13
    open_person(people, annotations, 13)
    assert shown(people) == [i for i in before if i != 12]
    assert people.neighbour(-1) == 11


def test_somebody_new_appears_where_they_belong(people: PeopleList, annotations: AnnotationSet, until: Until) -> None:
    choose(people, "Flagged")
    change(annotations, 2, flagged=True)
    until(lambda: shown(people) == [2, 6])


def test_the_place_is_kept_when_rows_come_and_go(people: PeopleList, annotations: AnnotationSet, until: Until) -> None:
    choose(people, "To do")
    bar = people.view.verticalScrollBar()
    bar.setValue(20 * HEIGHT + 5)
    top, offset = people.view.top()
    who = shown(people)[top]
    change(annotations, 8, reviewed=True)
    until(lambda: 8 not in shown(people))
    assert (shown(people)[people.view.top()[0]], people.view.top()[1]) == (who, offset)


def test_another_filter_begins_at_the_open_person_or_who_comes_next(
    people: PeopleList, annotations: AnnotationSet
) -> None:
    def cursor() -> int:
        return shown(people)[people.view.currentIndex().row()]

    open_person(people, annotations, 2)
    choose(people, "Reviewed")
    assert cursor() == 2
    choose(people, "Changed")
    assert cursor() == 4
    people.show_filter(Filter(text="3"))
    assert cursor() == 3
    people.show_filter(Filter())
    assert cursor() == 2


# Who comes next


def test_next_and_previous_within_the_filter(people: PeopleList, annotations: AnnotationSet) -> None:
    assert (people.neighbour(1), people.neighbour(-1), people.neighbour(2)) == (5, 3, 6)
    choose(people, "Reviewed")  # the open person, 4, is none of them
    assert (people.neighbour(1), people.neighbour(-1)) == (None, 3)
    choose(people, "To do")
    assert (people.neighbour(1), people.neighbour(2), people.neighbour(-1)) == (6, 7, None)
    open_person(people, annotations, 0)
    choose(people, "Reviewed")
    assert (people.neighbour(1), people.neighbour(-1)) == (1, None)


def test_the_next_to_do_is_within_the_filter_if_there_is_one(people: PeopleList, annotations: AnnotationSet) -> None:
    assert people.next_todo() == 6
    choose(people, "High error")
    assert people.next_todo() == 7
    choose(people, "Reviewed")
    assert people.next_todo() == 6
    open_person(people, annotations, 39)
    choose(people, "All")
    assert people.next_todo() == 6  # around


def test_nobody_is_to_do_any_more(people: PeopleList, worker: Worker) -> None:
    done = people_set([replace(p, reviewed=True) for p in crowd()], worker)
    people.open(done)
    open_person(people, done, 3)
    assert people.next_todo() is None
    assert people.first_index() == 0


# Keys and mouse


def test_arrows_move_and_enter_opens(people: PeopleList, annotations: AnnotationSet) -> None:
    people.view.setFocus()
    QTest.keyClick(people.view, Key.Key_Down)
    QTest.keyClick(people.view, Key.Key_Down)
    assert annotations.current == 4
    QTest.keyClick(people.view, Key.Key_Return)
    assert annotations.current == 6
    QTest.keyClick(people.view, Key.Key_Up)
    QTest.keyClick(people.view, Key.Key_Enter)
    assert annotations.current == 5


def test_letters_are_no_search_and_escape_leaves(people: PeopleList, annotations: AnnotationSet) -> None:
    left = QSignalSpy(people.left_list)
    row = people.view.currentIndex().row()
    QTest.keyClick(people.view, Key.Key_0)
    assert people.view.currentIndex().row() == row
    QTest.keyClick(people.view, Key.Key_Escape)
    assert left.count() == 1


def test_from_the_search_field_down_into_the_list(people: PeopleList, annotations: AnnotationSet) -> None:
    people.begin_search()
    QTest.keyClicks(people.bar.search, "02")
    QTest.keyClick(people.bar.search, Key.Key_Return)
    QTest.keyClick(people.view, Key.Key_Return)
    assert annotations.current == shown(people)[0]


def test_a_click_opens(people: PeopleList, annotations: AnnotationSet) -> None:
    row = people.view.visualRect(people.model.index(6))
    QTest.mouseClick(people.view.viewport(), LEFT, NONE, row.center())
    assert annotations.current == 6


def test_who_is_open_is_in_sight(people: PeopleList, annotations: AnnotationSet) -> None:
    for index in (30, 31, 39, 2):
        open_person(people, annotations, index)
        place = people.view.visualRect(people.model.index(index))
        assert people.view.viewport().rect().contains(place)
    people.resize(272, 400)
    QApplication.processEvents()
    place = people.view.visualRect(people.model.index(2))
    assert people.view.viewport().rect().contains(place)


# Words


def test_a_row_is_told_in_words(people: PeopleList, annotations: AnnotationSet) -> None:
    def words(index: int) -> str:
        return str(people.model.data(people.model.index(index), Qt.ItemDataRole.AccessibleTextRole))

    assert words(6) == "006.jpg, to do, flagged, error 0.5 %, “left arm?”"
    assert words(3).startswith("003.jpg, reviewed, error 0.4 %")
    assert "person 2 of 2" in words(11)
    assert "error unknown" in words(9)


def test_everything_has_a_name(people: PeopleList) -> None:
    for widget in (people.view, people.bar.search, people.bar.kinds):
        assert widget.accessibleName()


def test_ranges_and_times_in_words() -> None:
    assert range_words(ErrorRange("relative", 0.02, 0.025)) == "error 2–2.5 %"
    assert range_words(ErrorRange("pixels", 40.0, np.inf)) == "error from 40 px"
    assert [time_words(s) for s in (0, 65, 3600 * 3 + 1200, 3600 * 1234)] == [
        "0 s",
        "1 min 5 s",
        "3 h 20 min",
        "1,234 h",
    ]


def test_people_of_a_photo(people: PeopleList, annotations: AnnotationSet) -> None:
    assert [p.person for p in people.people_of("010.jpg")] == ["010.jpg#1", "011.jpg#1"]
    assert people.people_of("elsewhere.jpg") == []


# Thumbnails


def colour_at(image: object, x: float, y: float) -> tuple[int, int, int]:
    side = image.width()
    colour = image.pixelColor(round(x * side), round(y * side))
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_thumbnail_shows_the_photo_around_the_person(tmp_path: Path, kind: str) -> None:
    image, with_photo = picture(person(), photo(tmp_path, "a.jpg", kind=kind), 56, Look())
    assert with_photo
    assert (image.width(), image.height()) == (56, 56)
    red, green = colour_at(image, 0.35, 0.5), colour_at(image, 0.65, 0.5)  # the person stands at the seam
    assert red[0] > 180 > 80 > red[1]
    assert green[1] > 160 > 80 > green[0]


def test_a_thumbnail_of_somebody_without_joints_shows_the_whole_photo(tmp_path: Path) -> None:
    nobody = person(pose=None)
    unknown = replace(nobody.state, joints=np.full((16, 2), np.nan), visibility=np.zeros(16, int))
    image, with_photo = picture(replace(nobody, state=unknown), photo(tmp_path, "a.jpg"), 56, Look(ground="#102030"))
    assert with_photo
    assert colour_at(image, 0.5, 0.02) == (0x10, 0x20, 0x30)  # above the photo, which is wider than high


@pytest.mark.parametrize("path", [None, "missing.jpg", "damaged.jpg"])
def test_without_a_photo_there_is_a_figure(tmp_path: Path, path: str | None) -> None:
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8 not a photo")
    image, with_photo = picture(person(), path and tmp_path / path, 56, Look(ground="#102030"))
    assert not with_photo
    assert colour_at(image, 0.02, 0.02) == (0x10, 0x20, 0x30)
    seen = {colour_at(image, x, y) for x in np.linspace(0.05, 0.95, 40) for y in np.linspace(0.05, 0.95, 40)}
    assert len(seen) > 3


def test_thumbnails_are_made_for_rows_in_sight_alone(
    people: PeopleList, annotations: AnnotationSet, worker: Worker, until: Until
) -> None:
    until(lambda: people.thumbnails.get(4, 1.0) is not None and worker.idle)
    made = set(people.thumbnails._made)
    assert 4 in made
    assert len(made) <= people.view.viewport().height() // HEIGHT + 3
    assert 39 not in made


def test_a_thumbnail_follows_the_pose(people: PeopleList, annotations: AnnotationSet, until: Until) -> None:
    until(lambda: people.thumbnails.get(4, 1.0) is not None)
    before = people.thumbnails.get(4, 1.0).toImage()
    change(annotations, 4, state=annotations.person(8).state)
    until(lambda: people.thumbnails.get(4, 1.0).toImage() != before)


def test_old_thumbnails_are_forgotten(qtbot: QtBot, worker: Worker, people: PeopleList, until: Until) -> None:
    many = people_set(crowd(KEPT + 60), worker)
    people.open(many)
    for start in range(0, len(many), 30):
        wanted = range(start, min(start + 30, len(many)))
        for index in wanted:
            people.thumbnails.get(index, 1.0)
        until(lambda wanted=wanted: all(i in people.thumbnails._made for i in wanted))
    assert len(people.thumbnails._made) == KEPT
    assert people.thumbnails._made[len(many) - 1].pixmap.width() == SIDE


# Another set, the end


def test_another_set_takes_the_place_of_the_first(
    people: PeopleList, annotations: AnnotationSet, worker: Worker, until: Until
) -> None:
    people.show_filter(Filter("flagged"))
    other = people_set([person("x", "x.jpg")], worker)
    people.open(other)
    change(annotations, 3, flagged=True)  # the first is heard no more
    until(lambda: people.roster.summary is not None)
    assert shown(people) == [0]
    assert len(people.roster.summary) == 1
    people.open(None)
    assert shown(people) == []
    assert people.neighbour(1) is None
    assert people.next_todo() is None
    assert people.people_of("x.jpg") == []


def test_changes_while_everybody_is_looked_at_are_not_lost(people: PeopleList, worker: Worker, until: Until) -> None:
    annotations = people_set(crowd(), worker)
    people.open(annotations)
    change(annotations, 20, flagged=True)
    assert people.roster.summary is None
    until(lambda: people.roster.summary is not None)
    assert people.roster.summary.flagged[20]


def test_photos_that_are_found_later_are_shown(
    people: PeopleList, worker: Worker, tmp_path: Path, until: Until
) -> None:
    annotations = people_set(crowd(), worker)
    people.open(annotations)
    until(lambda: people.roster.summary is not None and people.thumbnails.get(4, 1.0) is not None)
    before = people.thumbnails.get(4, 1.0).toImage()
    photo(tmp_path, "004.jpg")
    annotations.project.look_in([tmp_path])
    people.find_photos()
    until(lambda: people.thumbnails.get(4, 1.0) is not None)
    assert people.thumbnails.get(4, 1.0).toImage() != before
    assert people.roster.summary.missing.sum() == 39
