"""Writes the figures on the weights' cards into README.md, between the lines <!-- figures --> and <!-- /figures -->."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.weights import SHIPPED, WeightsCard  # noqa: E402 - the script is run from anywhere

NONE = "–"
PATCH = {"mean_iou": "mean IoU", "median_iou": "median IoU", "iou_at_70": "IoU@0.7"}
PHOTO = {
    "miou.1": "mIoU, 1 click",
    "miou.3": "3 clicks",
    "miou.5": "5 clicks",
    "noc.85": "NoC@85",
    "noc.90": "NoC@90",
    "seconds_per_click": "s a click",
}


SKELETON = {
    "ods": "ODS",
    "ois": "OIS",
    "mask_iou": "recovered mask IoU",
    "scale_error": "scale error",
    "seconds": "s a picture",
}

PEOPLE = {
    "pck.mean": "photos: PCK@0.2",
    "pckh.mean": "PCKh@0.5",
    "synthetic.iou": "made people: IoU of maps",
    "synthetic.mpjpe": "MPJPE, mm",
    "synthetic.pa_mpjpe": "PA-MPJPE, mm",
    "mpjpe": "true maps: MPJPE, mm",
}
"""Of networks that read people; each has the figures of what it does."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table."""
    head = list(head)
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


def section(cards: list[WeightsCard]) -> str:
    """Every figure that the README shows; what a card does not have is a dash."""
    if not cards:
        return "No weights are shipped yet."
    skeletons = [card for card in cards if _figure(card, "ods") != NONE]
    people = [card for card in cards if any(_figure(card, key) != NONE for key in PEOPLE)]
    clicks = [card for card in cards if card not in skeletons and card not in people]
    lines = table(
        ["network", "parameters", "file", *(f"patches: {name}" for name in PATCH.values())],
        (_described(card, (f"patch.{key}" for key in PATCH)) for card in clicks),
    )
    for card in clicks:
        figures = card.evaluation.figures if card.evaluation else {}
        sets = sorted({match[1] for key in figures if (match := re.match(r"sets\.(.+?)\.miou\.", key))})
        if card.evaluation and sets:
            rows = ([name, *(_figure(card, f"sets.{name}.{key}") for key in PHOTO)] for name in sets)
            lines += ["", f"Whole photos, `{card.name}` (`{card.evaluation.command}`):", ""]
            lines += table(["set", *PHOTO.values()], rows)
    if skeletons:
        lines += ["", "Skeletons of one object a picture:", ""]
        head = ["network", "parameters", "file", *SKELETON.values()]
        lines += table(head, (_described(card, SKELETON) for card in skeletons))
    if people:
        lines += ["", "Poses of people:", ""]
        head = ["network", "parameters", "file", *PEOPLE.values()]
        lines += table(head, (_described(card, PEOPLE) for card in people))
    return "\n".join(lines)


def _described(card: WeightsCard, keys: Iterable[str]) -> list[str]:
    """The cells of a network: its name and size, then its figures."""
    size = [card.name, f"{card.parameters / 1e6:.2f} M", f"{card.bytes / 2**20:.1f} MiB"]
    return size + [_figure(card, key) for key in keys]


def _figure(card: WeightsCard, key: str) -> str:
    value = card.evaluation.figures.get(key) if card.evaluation else None
    if value is None:
        return NONE
    if "mpjpe" in key:
        return f"{value:.1f}"
    return f"{value:.2f}" if "noc" in key or "seconds" in key else f"{value:.3f}"


def main() -> None:
    """Rewrite the section of README.md."""
    cards = [WeightsCard.model_validate_json(path.read_bytes()) for path in sorted(SHIPPED.glob("*.json"))]
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- figures -->")
    _, _, after = rest.partition("<!-- /figures -->")
    figures = f"<!-- figures -->\n{section(cards)}\n<!-- /figures -->"
    readme.write_text(before + figures + after, encoding="utf-8")


if __name__ == "__main__":
    main()
