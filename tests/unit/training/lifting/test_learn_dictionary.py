import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.errors import InputError, WeightsError
from engine.pose.kinematics import MIRRORED_BONES
from engine.pose.lifting.dictionary import load_dictionary
from training.__main__ import main
from training.data.mocap import JOINTS_17
from training.lifting.learn_dictionary import align, thin

PLACES = {
    "upper_neck": (0, 610, 0), "head_top": (0, 810, 0), "pelvis": (0, 0, 0), "thorax": (0, 500, 0),
    "spine": (0, 250, 0),
    "shoulder": (180, 500, 0), "elbow": (200, 220, -20), "wrist": (210, -30, 30),
    "hip": (100, 0, 0), "knee": (110, -400, 30), "ankle": (110, -820, -20),
}  # fmt: skip


def standing():
    def place(name):
        side = {"l_": 1, "r_": -1}.get(name[:2])
        return PLACES[name] if side is None else np.array(PLACES[name[2:]]) * (side, 1, 1)

    return np.array([place(name) for name in JOINTS_17], float)


@pytest.fixture
def mocap(tmp_path):
    """Forty noisy people of two subjects, one of whom is held out and twice as wide."""
    rng = np.random.default_rng(1)
    joints = standing() + rng.normal(0, 40, (40, 17, 3))
    joints -= joints[:, [JOINTS_17.index("pelvis")]]
    joints[20:, :, 0] *= 2
    np.savez(
        tmp_path / "cmu.npz",
        joints=joints.astype(np.float16),
        joint_names=np.array(JOINTS_17),
        subject=np.repeat([0, 1], 20),
        seq=np.zeros(40, int),
        frame=np.arange(40),
        subjects=np.array(["cmu002", "cmu005"]),
        sequences=np.array(["walk"]),
    )
    return tmp_path


def fit(mocap, *more):
    options = ["--atoms", "6", "--rounds", "2", "--widened", "10", "--quiet", *more]
    return main(["fit", "lifting", "--data", str(mocap), "--out", str(mocap / "d.safetensors"), *options])


def test_fit_then_evaluate(mocap, capsys):
    assert fit(mocap) == 0
    book = load_dictionary(mocap / "d.safetensors")
    assert book.atoms.shape == (6, 16, 3)
    np.testing.assert_allclose((book.atoms**2).sum(2).mean(1), 1, atol=1e-5)
    np.testing.assert_allclose(book.atoms.mean(1), 0, atol=1e-6)
    np.testing.assert_allclose(book.lengths, book.lengths[MIRRORED_BONES], rtol=1e-5)
    # the held-out subject is twice as wide; nothing of that is learned
    shoulders = book.lengths[7] + book.lengths[10]
    assert shoulders < 460
    assert book.card["subjects"] == ["cmu002"]
    assert book.card["poses"] == 20
    assert str(mocap) not in json.dumps(book.card)
    report = mocap / "report.json"
    dictionary = ["--dictionary", str(mocap / "d.safetensors")]
    command = ["evaluate", "lifting", "--data", str(mocap), "--limit", "8", "--json", str(report), "--quiet"]
    assert main([*command, *dictionary, "--hide", "0.1"]) == 0
    rows = json.loads(report.read_text())["rows"]
    assert rows["floor_dense"]["pa_mpjpe"] <= rows["floor"]["pa_mpjpe"] + 1
    assert rows["best_flip"]["pa_mpjpe"] <= rows["lifted"]["pa_mpjpe"]
    assert "below the mean pose" in capsys.readouterr().out


def test_nobody_left_to_learn_from(mocap, capsys):
    with np.load(mocap / "cmu.npz") as data:
        fields = dict(data)
    np.savez(mocap / "cmu.npz", **fields | {"subjects": np.array(["cmu005", "cmu027"])})
    assert fit(mocap) == InputError("").exit_code
    assert "held out" in capsys.readouterr().err


def test_a_file_of_another_name(mocap, capsys):
    assert main(["fit", "lifting", "--data", str(mocap), "--out", str(mocap / "d.npz")]) == InputError("").exit_code
    assert ".safetensors" in capsys.readouterr().err


def test_a_damaged_dictionary(mocap):
    path = mocap / "x.safetensors"
    with pytest.raises(WeightsError, match="cannot be read"):
        load_dictionary(path)
    book = load_dictionary()
    book.save(path)
    np.testing.assert_allclose(load_dictionary(path).atoms, book.atoms)
    other = mocap / "y.safetensors"
    other.write_bytes(path.read_bytes()[:-4] + b"abcd")
    other.with_suffix(".json").write_text(path.with_suffix(".json").read_text())
    with pytest.raises(WeightsError, match="corrupt"):
        load_dictionary(other)


def test_alignment_undoes_turns():
    rng = np.random.default_rng(2)
    pose = standing()[:16] * (1, -1, -1)
    turned = np.stack([turn.apply(pose) for turn in Rotation.random(9, rng=rng)])
    aligned, mean = align(turned)
    np.testing.assert_allclose(aligned, np.broadcast_to(mean, aligned.shape), atol=1e-6)
    np.testing.assert_allclose(mean, pose - pose.mean(0), atol=1e-6)


def test_thinned_points_are_apart_and_cover():
    rng = np.random.default_rng(3)
    points = rng.random((300, 2))
    kept = points[thin(points, 0.2, rng)]
    between = np.linalg.norm(kept[:, None] - kept, axis=2) + np.eye(len(kept))
    assert between.min() > 0.2 - 1e-3
    assert np.linalg.norm(points[:, None] - kept, axis=2).min(1).max() <= 0.2 + 1e-3
