import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.errors import InputError
from training.data.cache import PhotoCache
from training.data.click_samples import Crop, crop_matrix
from training.data.object_skeletons import ObjectSkeletons, Segments, has_skeleton
from training.data.open import open_records
from training.data.skeleton_samples import SkeletonSamplerSettings, SkeletonSamples, nearest_skeleton, to_crop

BAR = (20, 50, 120, 62)
"""x0, y0, x1, y1 of a bar 12 pixels high: a straight skeleton at y = 56 of diameter 12 away from its ends."""


@pytest.fixture(scope="module")
def bar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One photo with a bar, a small square and a garment on the bar, in the manifest format."""
    folder = tmp_path_factory.mktemp("bar")
    labels, photo = np.zeros((110, 140), np.uint8), np.full((110, 140, 3), 90, np.uint8)
    x0, y0, x1, y1 = BAR
    labels[y0:y1, x0:x1], photo[y0:y1, x0:x1] = 1, 200
    labels[10:15, 10:15] = 2
    labels[100:104, :] = 255
    part = np.zeros_like(labels)
    part[y0:y1, 40:60] = 3
    for name, picture in (("photo", photo), ("labels", labels), ("part", part)):
        cv2.imwrite(str(folder / f"{name}.png"), picture)
    entries = [
        ("labels", 1, "clean", BAR),
        ("labels", 2, "clean", (10, 10, 15, 15)),
        ("part", 3, "part", (40, y0, 60, y1)),
    ]
    lines = [
        {
            "set": "bars", "split": "train", "image": "photo.png", "mask": f"{mask}.png", "id": label, "cls": "",
            "quality": quality, "area": (box[2] - box[0]) * (box[3] - box[1]) / (110 * 140), "bbox": box,
            "size": [140, 110], "border": False,
        }
        for mask, label, quality, box in entries
    ]  # fmt: skip
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def make(folder: Path, cache: Path, **settings: object) -> SkeletonSamples:
    records = open_records(folder, "train")
    photos = PhotoCache(cache, [r.image for r in records], progress=False)
    return SkeletonSamples(records, photos, SkeletonSamplerSettings.model_validate(settings), seed=3, size=96)


def test_a_sample_depends_on_its_number_alone(bar: Path, tmp_path: Path):
    samples = make(bar, tmp_path)
    first = samples.sample(5)
    torch.manual_seed(99)
    again = make(bar, tmp_path).sample(5)
    for key, value in first.items():
        assert torch.equal(value, again[key]), key
    assert not torch.equal(first["image"], samples.sample(7)["image"])


def test_the_diameter_follows_the_size_of_the_crop(bar: Path, tmp_path: Path):
    samples = make(bar, tmp_path, composite=0.0)
    for n in range(12):
        sample = samples.sample(n)
        diameter = sample["diameter"][0].numpy()
        mask = sample["mask"][0].numpy()
        rows, columns = np.nonzero(diameter)
        inside = (rows > 8) & (rows < 88) & (columns > 8) & (columns < 88)
        if inside.sum() < 10:
            continue
        # What a circle of that diameter around the middle of the skeleton would be in the warped mask.
        depth = 2 * cv2.distanceTransform((mask == 1).astype(np.uint8), cv2.DIST_L2, 5)
        middle = np.abs(diameter[rows, columns] - np.median(diameter[rows, columns])) < 0.5
        assert np.median(np.abs(depth[rows, columns] - diameter[rows, columns])[middle & inside]) < 2.0


def test_small_objects_and_void_are_unknown_and_parts_do_not_count(bar: Path, tmp_path: Path):
    records = open_records(bar, "train")
    photos = PhotoCache(tmp_path, [r.image for r in records], progress=False)
    found = ObjectSkeletons(records, photos, 0.003).of(records[0])
    assert set(found.objects) == {1}
    assert set(np.unique(found.labels[50:62, 20:120])) == {1}
    assert (found.labels[10:15, 10:15] == 255).all()
    assert (found.labels[100:104] == 255).all()
    assert [has_skeleton(r, 0.003) for r in records] == [True, False, False]


def test_what_is_read_back_from_the_disk_is_what_was_found(bar: Path, tmp_path: Path):
    records = open_records(bar, "train")
    photos = PhotoCache(tmp_path, [r.image for r in records], progress=False)
    found, again = (ObjectSkeletons(records, photos, 0.003).of(records[0]) for _ in range(2))
    assert len(list((tmp_path / "skeletons").iterdir())) == 1
    assert np.array_equal(found.labels, again.labels)
    assert found.objects.keys() == again.objects.keys()
    assert np.array_equal(found.objects[1].ends, again.objects[1].ends)
    assert np.array_equal(found.objects[1].diameter, again.objects[1].diameter)


def test_segments_are_drawn_without_gaps_at_any_scale():
    line = Segments(np.array([[[2.5, 4.5], [7.5, 4.5]]], np.float32), np.array([[4, 8]], np.float32))
    picture = np.zeros((40, 60), np.float32)
    line.draw(picture, np.array([[5.0, 0, 0], [0, 5, 0]]))
    columns = np.flatnonzero(picture[22])
    assert columns.tolist() == list(range(12, 38)), "from 2.5 * 5 to 7.5 * 5, every pixel"
    assert picture[22, 12] == pytest.approx(20, abs=1)
    assert picture[22, 37] == pytest.approx(40, abs=1)
    assert np.count_nonzero(picture) == len(columns)


def test_a_diameter_below_one_pixel_is_one():
    picture = np.zeros((4, 4), np.float32)
    Segments(np.full((1, 2, 2), 1.5, np.float32), np.full((1, 2), 0.2, np.float32)).draw(picture, np.eye(2, 3))
    assert picture[1, 1] == 1
    assert np.count_nonzero(picture) == 1


def test_points_and_pixels_of_a_crop_agree():
    crop = Crop(30.0, 20.0, 50.0, 25.0, 1.0, True)
    back, there = crop_matrix(crop, 64), to_crop(crop, 64)
    centre = np.array([10.0, 7.0])  # a crop pixel, by its centre
    source = back[:, :2] @ centre + back[:, 2] + 0.5
    assert there[:, :2] @ source + there[:, 2] == pytest.approx(centre + 0.5)


def test_the_papers_augmentation_has_its_thirty_six_forms(bar: Path, tmp_path: Path):
    samples = make(bar, tmp_path, augmentation="papers", composite=0.0)
    rng = np.random.default_rng(0)
    forms = set()
    for _ in range(1500):
        crop = samples._choose_crop((110, 140), BAR, rng)
        linear = crop_matrix(crop, 96)[:, :2] * 96
        scale = 1.4 * (BAR[2] - BAR[0]) / np.sqrt(abs(np.linalg.det(linear)))
        forms.add((round(scale, 3), *np.round(linear / np.abs(linear).max()).astype(int).ravel().tolist()))
    # A flip and a turn give the eight symmetries of the square: twelve of the papers' pairs, some of them the same.
    assert {form[0] for form in forms} == {0.8, 1.0, 1.2}
    assert len(forms) == 3 * 8


def test_the_nearest_skeleton_pixel_by_brute_force():
    rng = np.random.default_rng(1)
    diameter = np.where(rng.random((17, 23)) < 0.04, rng.uniform(1, 9, (17, 23)), 0).astype(np.float32)
    offset, near = nearest_skeleton(diameter)
    points = np.argwhere(diameter > 0)
    for row in range(17):
        for column in range(23):
            distance = np.hypot(*(points - (row, column)).T)
            dx, dy = offset[:, row, column].astype(float)
            # The library's distance transform is an approximation: never far from the true nearest.
            assert np.hypot(dx, dy) <= distance.min() + 0.35
            assert near[row, column] == diameter[int(row + dy), int(column + dx)] > 0
    nothing = nearest_skeleton(np.zeros((4, 5), np.float32))
    assert not nothing[0].any()
    assert not nothing[1].any()


def test_a_pasted_object_brings_its_skeleton(bar: Path, tmp_path: Path):
    samples = make(bar, tmp_path, composite=1.0)
    for n in range(8):
        sample = samples.sample(n)
        on = sample["diameter"][0] > 0
        # A skeleton lies in an object, up to the rounding of its pixels.
        near = torch.nn.functional.max_pool2d((sample["mask"] == 1).float(), 3, 1, 1)[0] > 0
        assert (near[on]).float().mean() > 0.97
        assert not (on & (sample["mask"][0] == 255)).any()


def test_a_click_asks_for_its_object_alone(ellipses: Path, tmp_path: Path):
    samples = make(ellipses, tmp_path, prompted=1.0, earlier=0.5, composite=0.4)
    earlier = 0
    for n in range(24):
        sample = samples.sample(n)
        x, y, label = sample["click"][0].tolist()
        mask = sample["mask"][0].numpy() == 1
        assert label == 1
        assert mask[int(y), int(x)]
        count, _ = cv2.connectedComponents(mask.astype(np.uint8))
        assert count == 2, "one object, though the photo has two"
        earlier += bool(sample["previous"].any())
    assert 4 < earlier < 20
    everything = make(ellipses, tmp_path, whole=1.0, composite=0.0).sample(0)
    assert not everything["click"].any()
    assert cv2.connectedComponents((everything["mask"][0].numpy() == 1).astype(np.uint8))[0] == 3


def test_data_without_a_usable_object_is_refused(bar: Path, tmp_path: Path):
    with pytest.raises(InputError, match="No object"):
        make(bar, tmp_path, set_weights={"elsewhere": 1.0})
