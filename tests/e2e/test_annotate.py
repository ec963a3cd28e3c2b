"""deepskel annotate as a script sees it: networks in processes of their own, and the manual's example."""

from __future__ import annotations

import json
import re
from pathlib import Path

import h5py
import numpy as np
from PIL import Image
from skimage.data import astronaut

from engine.pose.project.exports.npz import read_people_npz
from engine.pose.project.project import Project
from engine.pose.project.store import CandidateStore, key_of, weights_digest
from tests.e2e.conftest import ROOT, Run
from tests.unit.engine.pose.someone import POSE

PAGE = ROOT / "docs" / "annotate.md"


def _write_set(folder: Path) -> None:
    """`valid.h5` with three people, and two photos of them."""
    seen = POSE[:, :2] * 0.2 + (250, 120)
    with h5py.File(folder / "valid.h5", "w") as file:
        file["part"] = seen[None] + np.arange(3)[:, None, None] * 5
        file["visible"], file["center"], file["scale"] = np.ones((3, 16)), np.full((3, 2), 250.0), np.full(3, 1.8)
        file["imgname"], file["normalize"] = np.array([b"a.jpg", b"b.jpg", b"c.jpg"]), np.full(3, 40.0)
    (folder / "photos").mkdir()
    for name in ("a", "b"):
        Image.fromarray(astronaut()).save(folder / f"photos/{name}.jpg")


def test_the_manual_s_example(deepskel: Run, tmp_path: Path, weights: Path) -> None:
    """Every line of it but the window's, on a small set; the networks in two processes."""
    _write_set(tmp_path)
    example = re.search(r"```\n(deepskel annotate init.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    init, window, check, export = (line.split()[1:] for line in example[1].splitlines())
    done = deepskel(*init, "--processes", "2", "--device", "cpu", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["people"], told["lifted"], told["predicted"]) == (3, 3, 2)
    assert told["missing_photos"] == ["c.jpg"]
    assert window == ["project.json"]
    project = Project.open(tmp_path / "project.json")
    store, digest = CandidateStore.beside(tmp_path / "project.json"), weights_digest(weights)
    for person in project.people[:2]:
        candidates = store.get(person.person, key_of(person, project.image_path(person), digest))
        assert candidates is not None
        assert candidates[0].name == "lifted"
        assert {c.source for c in candidates} <= {"lifted", "predicted"}
    done = deepskel(*check)
    assert done.returncode in (0, 7), done.stderr
    done = deepskel(*export)
    assert done.returncode == 0, done.stderr
    assert "Nobody was written" in done.stderr  # nobody has been reviewed
    done = deepskel(*export, "--only", "all", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert len(read_people_npz(tmp_path / "poses.npz")) == 3


def test_the_manual_names_what_there_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    from app.cli.annotate_parser import FINDINGS, KINDS

    assert all(f"| `{kind}` |" in text for kind in KINDS)
    assert f"{FINDINGS} when" in text


def test_bad_input_is_one_line(deepskel: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"format": "deepskel pose project", "version": 1}')
    for arguments, code in (
        (("annotate", "check", "broken.json"), 2),
        (("annotate", "export", "broken.json", "-o", "p.xyz"), 5),
    ):
        done = deepskel(*arguments)
        assert done.returncode == code, done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""
