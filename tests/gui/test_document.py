"""The document: whatever is done can be taken back, in any order of acts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QUndoStack

from app.document.answer import Answer
from app.document.answers import AnswerCache
from app.document.crop import CropPart
from app.document.prompts import Prompts
from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click

WIDTH, HEIGHT = 30, 20
PLACES = st.tuples(st.floats(0, WIDTH - 0.01), st.floats(0, HEIGHT - 0.01))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("click"), PLACES, st.booleans()),
        st.tuples(st.just("move"), PLACES, st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("flip"), st.integers(0, 9)),
        st.tuples(st.just("box"), PLACES),
        st.tuples(st.just("no box")),
        st.tuples(st.just("choose"), st.integers(0, 3)),
        st.tuples(st.just("clear")),
    ),
    max_size=14,
)


def document() -> CropPart:
    return CropPart((WIDTH, HEIGHT), QUndoStack())


def answer(chosen: int = 0) -> Answer:
    thumbnail = np.zeros((4, 4), np.uint8)
    candidates = tuple(Candidate(0.9, thumbnail) for _ in range(3))
    return Answer.draw(Prediction(WIDTH, HEIGHT, 0, 0, np.full((5, 5), 255, np.uint8), 0.9, candidates, chosen))


def act(made: CropPart, what: tuple) -> None:  # type: ignore[type-arg]
    clicks = len(made.prompts.clicks)
    match what:
        case ("click", (x, y), positive):
            made.add_click(Click(x, y, positive))
        case ("move", (x, y), index) if clicks:
            made.move_click(index % clicks, x, y)
        case ("remove", index) if clicks:
            made.select(index % clicks)
            made.remove_selected()
        case ("flip", index) if clicks:
            made.select(index % clicks)
            made.flip_selected()
        case ("box", (x, y)):
            made.set_box(Box(x - 5, y - 5, x + 5, y + 5))
        case ("no box",):
            made.set_box(None)
        case ("choose", index):
            made.choose(index)
        case ("clear",):
            made.clear()


@given(ACTS)
def test_undo_goes_back_over_every_act_and_redo_forward_again(acts: list) -> None:  # type: ignore[type-arg]
    made = document()
    seen = [made.prompts]
    for each in acts:
        act(made, each)
        if made.prompts != seen[-1]:
            seen.append(made.prompts)
            if not made.prompts.empty:
                made.take_answer(made.prompts, answer(made.prompts.candidate or 0))
    answers = {prompts: made.known_answer(prompts) for prompts in seen}
    assert made.undo_stack.count() == len(seen) - 1, "an act that changes nothing is no act"
    for prompts in reversed(seen[:-1]):
        made.undo_stack.undo()
        assert made.prompts == prompts
        assert made.answer is answers[prompts]
    for prompts in seen[1:]:
        made.undo_stack.redo()
        assert made.prompts == prompts
        assert made.answer is answers[prompts]


def test_an_answer_to_other_prompts_is_kept_but_not_shown() -> None:
    made, shown = document(), []
    made.answer_changed.connect(shown.append)
    made.add_click(Click(3, 3))
    first = made.prompts
    made.add_click(Click(9, 9))
    late = answer()
    made.take_answer(first, late)
    assert shown == []
    made.undo_stack.undo()
    assert shown == [late]


def test_a_new_prompt_forgets_the_chosen_reading() -> None:
    prompts = Prompts((Click(1, 1),)).with_candidate(2)
    assert prompts.with_click(Click(2, 2)).candidate is None
    assert prompts.with_box(Box(0, 0, 5, 5)).candidate is None


def test_the_cache_lets_go_of_what_was_used_longest_ago() -> None:
    class Weight:
        nbytes = 40

    cache: AnswerCache[Prompts, Weight] = AnswerCache(limit=100)
    a, b, c = (Prompts((Click(x, 0),)) for x in range(3))
    cache.put(a, Weight())
    cache.put(b, Weight())
    assert cache.get(a) is not None
    cache.put(c, Weight())
    assert cache.get(b) is None
    assert cache.get(a) is not None
    assert cache.get(c) is not None


def test_the_newest_answer_stays_however_large() -> None:
    class Weight:
        nbytes = 1000

    cache: AnswerCache[Prompts, Weight] = AnswerCache(limit=100)
    cache.put(Prompts((Click(1, 1),)), Weight())
    assert len(cache) == 1


def test_a_click_after_a_chosen_alternative_corrects_that_alternative() -> None:
    opened = document()
    opened.add_click(Click(3.5, 3.5))
    opened.take_answer(opened.prompts, answer())
    opened.choose(1)
    opened.add_click(Click(9.5, 9.5))
    assert [c.builds_on for c in opened.prompts.clicks] == [None, 1]
    opened.undo_stack.undo()
    assert opened.prompts.candidate == 1
