"""Answers kept by the prompts that led to them, so that undo and redo need no computing."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from app.document.prompts import Prompts


class Sized(Protocol):
    """Something that knows the memory it takes."""

    @property
    def nbytes(self) -> int: ...


A = TypeVar("A", bound=Sized)


class AnswerCache(Generic[A]):
    """Least recently used answers are let go when all of them exceed `limit` bytes; the newest always stays."""

    def __init__(self, limit: int = 512 << 20) -> None:
        self._limit = limit
        self._answers: OrderedDict[Prompts, A] = OrderedDict()

    def get(self, prompts: Prompts) -> A | None:
        answer = self._answers.get(prompts)
        if answer is not None:
            self._answers.move_to_end(prompts)
        return answer

    def put(self, prompts: Prompts, answer: A) -> None:
        self._answers[prompts] = answer
        self._answers.move_to_end(prompts)
        while len(self._answers) > 1 and sum(a.nbytes for a in self._answers.values()) > self._limit:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        self._answers.clear()

    def __len__(self) -> int:
        return len(self._answers)
