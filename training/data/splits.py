"""Lists of names, one file a split, as VOC and DAVIS keep them."""

from __future__ import annotations

from pathlib import Path

from engine.errors import InputError


def read_lists(folder: Path, split: str | None) -> list[tuple[str, str]]:
    """Every (first word of a line, split) of SPLIT.txt, or of every list in the folder.

    A name on several lists (train and trainval) is given once, with its shortest list.

    Raises:
        InputError: The folder or the list is missing (the message says which lists there are).
    """
    if not folder.is_dir():
        raise InputError(f"The folder of lists {folder} is missing.")
    lists = {path.stem: _names(path) for path in sorted(folder.glob("*.txt"))}
    if split is not None:
        if split not in lists:
            known = ", ".join(lists) or "none"
            raise InputError(f"There is no list {folder / split}.txt.", f"Lists there: {known}.")
        lists = {split: lists[split]}
    found: dict[str, str] = {}
    for part, names in sorted(lists.items(), key=lambda item: len(item[1])):
        for name in names:
            found.setdefault(name, part)
    return list(found.items())


def _names(path: Path) -> list[str]:
    return [line.split()[0] for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
