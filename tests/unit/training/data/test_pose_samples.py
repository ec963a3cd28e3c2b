"""Windows around people: joints stay on what they were marked on, poses turn with the picture, numbers repeat."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.pose.joints import LSP_14, MPII_16
from engine.pose.person import FILL
from tests.unit.training.data.test_pose_bank import people as recorded
from training.data.cache import PhotoCache
from training.data.map_samples import MapSamplerSettings, MapSamples
from training.data.pose_bank import PoseBank
from training.data.pose_data import PoseData, open_pose_data
from training.data.pose_samples import PoseSamplerSettings, PoseSamples

SIZE = 96
SEEN = [i for i, name in enumerate(MPII_16.joints) if name in LSP_14.joints]


def _write_people(folder: Path, count: int = 3) -> Path:
    """Photos with a disc of its own grey on every joint, on blue ground."""
    (folder / "images").mkdir(parents=True)
    lines = []
    rng = np.random.default_rng(1)
    for n in range(count):
        photo = np.zeros((180, 150, 3), np.uint8)
        photo[..., 0] = 200
        joints = rng.uniform((25, 25), (125, 155), (14, 2))
        for i, (x, y) in enumerate(joints):
            cv2.circle(photo, (int(x), int(y)), 5, (60 + 12 * i,) * 3, -1)
        cv2.imwrite(str(folder / f"images/{n}.png"), photo)
        visibility = [2] * 14
        points = [[round(float(x), 2), round(float(y), 2)] for x, y in joints]
        lines.append({"set": "lsp", "split": "train", "image": f"images/{n}.png", "size": [150, 180]} | {
            "joints": points, "visibility": visibility})  # fmt: skip
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return PoseData(open_pose_data([_write_people(folder / "p")], "train").people, recorded(), [])


@pytest.fixture(scope="module")
def cache(data, tmp_path_factory):
    return PhotoCache(tmp_path_factory.mktemp("cache"), data.images(), progress=False)


def _photos(data, cache, **settings):
    samples = PoseSamples(
        data, cache, PoseSamplerSettings(synthetic=0, **settings), 0, size=SIZE, lifted=settings_lifts(data)
    )
    samples.photometric = torch.nn.Identity()
    return samples


def settings_lifts(data):
    rng = np.random.default_rng(5)
    poses = rng.normal(0, 200, (len(data.people), 16, 3)).astype(np.float32)
    # Lifted poses project onto their joints: make the picture's axes agree.
    for pose, record in zip(poses, data.people, strict=True):
        pose[:, :2] = np.nan_to_num(record.joints - record.joints[7])
    return poses, np.full((len(poses), 16), 0.5, np.float32)


def test_joints_lie_on_their_discs_however_the_window_is_turned_scaled_and_mirrored(data, cache):
    samples = _photos(data, cache, rotated=1.0)
    found = 0
    for n in range(20):
        sample = samples.sample(n)
        image = sample["image"].numpy()
        for i in SEEN:
            x, y = sample["xy"][i].numpy()
            name = MPII_16.joints[i]
            if 3 <= x < SIZE - 3 and 3 <= y < SIZE - 3:
                pixel = image[:, int(y), int(x)].astype(int)
                # The grey tells which joint was painted: after mirroring, that of the other side.
                grey = {60 + 12 * LSP_14.index(name), 60 + 12 * LSP_14.index(MPII_16.joints[MPII_16.mirrored[i]])}
                found += any(np.abs(pixel - g).max() <= 8 for g in grey)
    assert found > 0.85 * 20 * len(SEEN) * 0.9, "a few are covered by other discs or outside"


def test_lifted_poses_turn_and_mirror_with_the_picture(data, cache):
    samples = _photos(data, cache, rotated=1.0)
    for n in range(10):
        sample = samples.sample(n)
        xy, pose = sample["xy"].numpy().astype(float), sample["pose"].numpy().astype(float)
        # The poses were made from the joints: one scale must bring them onto each other.
        a, b = pose[SEEN, :2] - pose[SEEN, :2].mean(0), xy[SEEN] - xy[SEEN].mean(0)
        scale = (a * b).sum() / (a * a).sum()
        assert scale > 0
        np.testing.assert_allclose(a * scale, b, atol=0.05)
        assert sample["trust"].max() == 0.5


def test_a_number_gives_one_sample_whatever_came_before(data, cache):
    one, two = (_photos(data, cache) for _ in range(2))
    two.sample(3)
    for key, value in one.sample(7).items():
        assert torch.equal(value, two.sample(7)[key])
    assert not torch.equal(one.sample(7)["image"], one.sample(8)["image"])


def test_outside_the_photo_is_grey(data, cache):
    samples = _photos(data, cache, scale=1.0, shift=0.4)
    corners = [samples.sample(n)["image"][:, 0, 0].tolist() for n in range(30)]
    assert [FILL] * 3 in corners


def test_made_people_know_their_pose_and_every_joint(data, cache):
    samples = PoseSamples(data, cache, PoseSamplerSettings(synthetic=1.0), 0, size=SIZE)
    sample = samples.sample(0)
    assert sample["image"].shape == (3, SIZE, SIZE)
    assert (sample["visibility"] > 0).all()
    assert (sample["trust"] == 1).all()
    z = sample["depth"] - sample["depth"][7]
    assert torch.allclose(z, sample["pose"][:, 2], atol=0.1)


def test_what_is_missing_is_said():
    with pytest.raises(InputError, match="motion capture"):
        PoseSamples(PoseData(), None, PoseSamplerSettings(synthetic=1.0), 0, size=SIZE)
    with pytest.raises(InputError, match="person in a photo"):
        PoseSamples(PoseData(), None, PoseSamplerSettings(synthetic=0.0), 0, size=SIZE)
    with pytest.raises(InputError, match="does not exist"):
        open_pose_data([Path("nowhere")], "train")


def test_data_are_told_apart_by_content(tmp_path, ellipses):
    people = _write_people(tmp_path / "p", 1)
    photos = tmp_path / "photos"
    photos.mkdir()
    cv2.imwrite(str(photos / "a.png"), np.zeros((8, 8, 3), np.uint8))
    opened = open_pose_data([people, photos, ellipses], "train")
    assert len(opened.people) == 1
    assert len(opened.backgrounds) == 1 + 5
    assert opened.poses is None
    assert len(opened.images()) == 7


def test_map_samples_put_the_person_into_the_window():
    bank = PoseBank(recorded())
    samples = MapSamples(bank, MapSamplerSettings(scale=0.0, shift=0.0, wobbly=0.0), 0, size=48)
    for n in range(10):
        sample = samples.sample(n)
        extent = (sample["xy"].amax(0) - sample["xy"].amin(0)).max()
        assert float(extent) == pytest.approx(48 / 1.25, rel=1e-4)
        assert float((sample["xy"].amax(0) + sample["xy"].amin(0)).mean()) == pytest.approx(48, rel=1e-3)
        assert torch.allclose(sample["depth"] - sample["depth"][7], sample["pose"][:, 2], atol=0.1)
    wobbly = MapSamples(bank, MapSamplerSettings(wobbly=1.0, wobble=0.05), 0, size=48)
    assert torch.equal(wobbly.sample(3)["xy"], wobbly.sample(3)["xy"])
