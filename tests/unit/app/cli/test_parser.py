"""What the command line understands, and that it costs nothing to ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.parser import CIRCLES, parse


def test_without_a_verb_photos_are_opened_in_the_window() -> None:
    arguments = parse(["a.jpg", "b.png"])
    assert arguments.verb == "window"
    assert arguments.photos == [Path("a.jpg"), Path("b.png")]
    assert parse([]).photos == []


def test_self_test_is_a_verb_of_its_own() -> None:
    assert parse(["--self-test"]).verb == "self-test"


def test_clicks_keep_their_order_and_sign() -> None:
    arguments = parse(["crop", "p.jpg", "--click", "1,2", "--not", "3.5,4", "--click", "5,6", "-o", "o.png"])
    assert arguments.verb == "crop"
    assert arguments.clicks == [(1, 2, True), (3.5, 4, False), (5, 6, True)]


def test_box_and_options() -> None:
    arguments = parse(["crop", "p.jpg", "--box", "1,2,3,4", "--candidate", "1", "--trim", "--mask-only", "-o", "o.png"])
    assert arguments.box == (1, 2, 3, 4)
    assert (arguments.candidate, arguments.trim, arguments.mask_only, arguments.overwrite) == (1, True, True, False)
    assert arguments.device == "auto"


def test_skeleton_options() -> None:
    plain = parse(["skeleton", "p.jpg", "-o", "o.svg"])
    assert (plain.verb, plain.clicks, plain.threshold, plain.circles, plain.mask) == (
        "skeleton",
        None,
        None,
        None,
        None,
    )
    assert (plain.medial, plain.multi_scale, plain.colour, plain.backdrop) == (False, False, "scale", None)
    full = parse(
        [*("skeleton", "p.jpg", "--click", "1,2", "--not", "3,4", "--threshold", "0.25", "--circles", "0.5"), "-o", "o"]
    )
    assert full.clicks == [(1, 2, True), (3, 4, False)]
    assert (full.threshold, full.circles) == (0.25, 0.5)
    assert parse(["skeleton", "p.jpg", "--circles", "-o", "o.svg"]).circles == CIRCLES


def test_pose_and_lift_options() -> None:
    plain = parse(["pose", "p.jpg", "-o", "o.json"])
    assert (plain.verb, plain.clicks, plain.box, plain.plot) == ("pose", None, None, None)
    assert (plain.mute, plain.hypotheses, plain.overwrite, plain.json) == (False, False, False, False)
    full = parse(["pose", "p.jpg", "--click", "1,2", "--not", "3,4", "--mute", "--plot", "a.png", "-o", "o.json"])
    assert full.clicks == [(1, 2, True), (3, 4, False)]
    assert (full.mute, full.plot) == (True, Path("a.png"))
    assert parse(["pose", "p.jpg", "--box", "1,2,3,4", "-o", "o.json"]).box == (1, 2, 3, 4)
    lifted = parse(["lift", "j.json", "--hypotheses", "-o", "o.json"])
    assert (lifted.verb, lifted.joints, lifted.hypotheses) == ("lift", Path("j.json"), True)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["pose"], "PHOTO"),
        (["pose", "p.jpg"], "--output"),
        (["pose", "p.jpg", "--box", "1,2,3", "-o", "o.json"], "X0,Y0,X1,Y1"),
        (["lift"], "JOINTS"),
        (["lift", "j.json"], "--output"),
        (["crop"], "PHOTO"),
        (["crop", "p.jpg", "--click", "1,2"], "--output"),
        (["crop", "p.jpg", "--click", "1", "-o", "o.png"], "“1” is not of the form X,Y"),
        (["crop", "p.jpg", "--click", "a,b", "-o", "o.png"], "“a,b” is not of the form X,Y"),
        (["crop", "p.jpg", "--box", "1,2,3", "-o", "o.png"], "X0,Y0,X1,Y1"),
        (["crop", "p.jpg", "--candidate", "best", "-o", "o.png"], "--candidate"),
        (["skeleton", "p.jpg"], "--output"),
        *((["skeleton", "p.jpg", "-o", "o.svg", "--threshold", t], f"“{t}”") for t in ("1.01", "-0.1", "nan", "half")),
        *((["skeleton", "p.jpg", "-o", "o.svg", "--circles", d], "--circles") for d in ("0", "2", "few")),
        (["skeleton", "p.jpg", "-o", "o.svg", "--backdrop", "blue"], "--backdrop"),
        (["--clicks"], "--clicks"),
    ],
)
def test_wrong_arguments_end_with_2(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["crop", "--help"],
        ["skeleton", "--help"],
        ["pose", "--help"],
        ["lift", "--help"],
        ["info", "--help"],
    ],
)
def test_help_names_the_exit_codes(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    assert caught.value.code == 0
    assert "exit codes" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from app.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'cv2', 'PIL', 'PySide6', 'pydantic', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
