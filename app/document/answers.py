"""Answers kept by the questions that led to them, so that undo and redo need no computing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows the memory it takes."""

    @property
    def nbytes(self) -> int: ...


Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A", bound=Sized)


class AnswerCache(Generic[Q, A]):
    """Least recently used answers are let go when all of them exceed `limit` bytes; the newest always stays."""

    def __init__(self, limit: int = 512 << 20) -> None:
        self._limit = limit
        self._answers: OrderedDict[Q, A] = OrderedDict()

    def get(self, question: Q) -> A | None:
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
        return answer

    def put(self, question: Q, answer: A) -> None:
        self._answers[question] = answer
        self._answers.move_to_end(question)
        while len(self._answers) > 1 and sum(a.nbytes for a in self._answers.values()) > self._limit:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        self._answers.clear()

    def __len__(self) -> int:
        return len(self._answers)
