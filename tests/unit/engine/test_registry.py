import pytest

from engine.errors import InputError
from engine.registry import named


def test_an_entry_by_its_name() -> None:
    assert named({"a": 1, "b": 2}, "b", "letter") == 2


def test_an_unknown_name_is_told_with_those_that_there_are() -> None:
    with pytest.raises(InputError) as raised:
        named({"a": 1, "b": 2}, "c", "letter")
    assert raised.value.message == "There is no letter called “c”."
    assert raised.value.hint == "There are: a, b."
