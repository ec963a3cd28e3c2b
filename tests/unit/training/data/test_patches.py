"""Samplers of the DeepMask family: the dossier of a sample, its statistics, and where its click lies."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.crop.patch import cut, patch_window
from engine.errors import InputError
from engine.nets.deepmask import INPUT, OBJECT, PATCH, RING
from training.data.patches import (
    FAR_OCTAVES,
    FAR_SHIFT,
    OCTAVES,
    SHIFT,
    BalancedDraw,
    PatchSamples,
    SquashedSamples,
    centred_window,
    cut_target,
    far_window,
    is_about,
    photo_window,
)
from training.data.records import VOID, ObjectRecord

RED, BLUE = (200, 30, 30), (30, 30, 200)


class Memory:
    """Photos and masks in memory, as the cache gives them."""

    def __init__(self):
        self.photos = {}
        self.masks = {}

    def photo(self, record):
        return self.photos[record.image]

    def mask(self, record):
        return self.masks[record.image, record.id]


def record_of(name, id_, box, size, **fields):
    x0, y0, x1, y1 = box
    base = ObjectRecord(
        image=Path(name),
        read_mask=lambda: np.zeros((1, 1), np.uint8),
        set="toys",
        split="train",
        id=id_,
        category="block",
        quality="",
        bbox=box,
        size=size,
        area=(x1 - x0) * (y1 - y0) / (size[0] * size[1]),
        border=False,
    )
    return replace(base, **fields)


@pytest.fixture
def world():
    """A blue photo of 300 x 200 with two red blocks that are 60 x 40 and 30 x 50, ringed by void."""
    cache, records = Memory(), []
    photo = np.full((200, 300, 3), BLUE, np.uint8)
    for id_, (x0, y0, x1, y1) in enumerate([(40, 50, 100, 90), (200, 100, 230, 150)], 1):
        photo[y0:y1, x0:x1] = RED
        mask = np.zeros((200, 300), np.uint8)
        mask[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = VOID
        mask[y0:y1, x0:x1] = 1
        cache.masks[Path("a"), id_] = mask
        records.append(record_of("a", id_, (x0, y0, x1, y1), (300, 200)))
    cache.photos[Path("a")] = photo
    return records, cache


def is_red(image, x, y):
    r, _, b = (int(v) for v in image[:, int(y), int(x)])
    return r > b


def test_positive_windows_hold_the_object_as_published():
    rng = np.random.default_rng(0)
    box = (40.0, 50.0, 100.0, 90.0)
    lengths, offsets = [], []
    for _ in range(500):
        window = centred_window(box, rng)
        (x0, _), (x1, _) = window.to_window([box[:2], box[2:]], INPUT, INPUT)
        lengths.append(np.log2((x1 - x0) / OBJECT))
        offsets.append(window.to_window([70, 70], INPUT, INPUT) - INPUT / 2)
    assert -OCTAVES - 1e-6 <= min(lengths) < -0.2
    assert 0.2 < max(lengths) <= OCTAVES + 1e-6
    assert np.abs(np.mean(lengths)) < 0.03
    assert 14 < np.abs(offsets).max() <= SHIFT + 1e-6


def test_negative_windows_are_about_no_object():
    rng = np.random.default_rng(0)
    boxes = [(40.0, 50.0, 100.0, 90.0), (200.0, 100.0, 230.0, 150.0)]
    kinds = set()
    for _ in range(300):
        window = far_window(boxes[0], boxes, rng)
        assert window is not None
        for x0, y0, x1, y1 in boxes:
            centre = window.to_window([(x0 + x1) / 2, (y0 + y1) / 2], INPUT, INPUT)
            far = np.hypot(*(centre - INPUT / 2)) >= FAR_SHIFT
            octaves = np.log2(window.width / INPUT / (max(x1 - x0, y1 - y0) / OBJECT))
            assert far or abs(octaves) >= FAR_OCTAVES
            kinds.add((bool(far), bool(abs(octaves) >= FAR_OCTAVES)))
    assert kinds >= {(True, False), (False, True)}


def test_a_photo_full_of_objects_has_no_negative():
    rng = np.random.default_rng(0)
    crowd = [(x, y, x + 2.0**s, y + 2.0**s) for s in np.arange(0, 10, 0.5) for x in (-99, 0, 99) for y in (-99, 0, 99)]
    crowd += [(5 - 2.0**s, 5 - 2.0**s, 5 + 2.0**s, 5 + 2.0**s) for s in np.arange(-4, 8, 0.25)]
    everywhere = [
        (x - h, y - h, x + h, y + h) for x in range(-30, 40, 2) for y in range(-30, 40, 2) for h in (1, 4, 16, 64)
    ]
    assert far_window((0.0, 0.0, 10.0, 10.0), crowd + everywhere, rng) is None


@pytest.mark.parametrize("unit", [0.25, 1.0, 3.7])
def test_mask_image_and_click_are_registered(unit):
    """One block, three scales: edges of the cut image and of the cut mask fall on the computed place."""
    photo, mask = np.zeros((1, 1), np.uint8), np.zeros((400, 400), np.uint8)
    side = 60 * unit
    x0, y0 = 200 - side / 2, 200 - side / 3
    rows, columns = np.mgrid[:400, :400] + 0.5
    mask[(columns >= x0) & (columns < x0 + side) & (rows >= y0) & (rows < y0 + side)] = 1
    photo = mask * 255
    window = patch_window(200, 200, unit)
    inside, target = cut_target(mask, window, PATCH)
    left, top = ((v - corner) / unit for v, corner in ((x0, window.x0), (y0, window.y0)))
    found_rows, found_columns = np.nonzero(inside)
    tolerance = 0.5 + 0.5 / unit
    assert found_columns.min() == pytest.approx(left, abs=tolerance)
    assert found_rows.min() == pytest.approx(top, abs=tolerance)
    assert np.array_equal(inside, cut(photo, window, fill=0) > 127)
    assert np.array_equal(target == 1, inside[RING : RING + PATCH, RING : RING + PATCH])


def test_void_stays_void(world):
    records, cache = world
    _, target = cut_target(cache.mask(records[0]), patch_window(70, 70, 60 / OBJECT), PATCH)
    assert set(np.unique(target)) == {0, 1, VOID}
    # A frame of two source pixels is three pixels wide here.
    assert (target == VOID).sum() == pytest.approx(2 * 3 * (92 + 61) + 36, rel=0.15)


def test_samples_have_the_stated_form(world):
    records, cache = world
    sample = PatchSamples(records, cache, 0, clicked=True).sample(0)
    shapes = {k: (tuple(v.shape), v.dtype) for k, v in sample.items()}
    assert shapes == {
        "image": ((3, INPUT, INPUT), torch.uint8),
        "target": ((112, 112), torch.uint8),
        "has_mask": ((), torch.bool),
        "score": ((), torch.float32),
        "click": ((2,), torch.float32),
    }


def test_sample_depends_on_seed_and_number_alone(world):
    records, cache = world
    first = PatchSamples(records, cache, 3, clicked=True)
    again = PatchSamples(records, cache, 3, clicked=True)
    first.sample(0)
    for n in (7, 2):
        a, b = first.sample(n), again.sample(n)
        assert all(torch.equal(a[k], b[k]) for k in a)
    other = PatchSamples(records, cache, 4, clicked=True).sample(2)
    assert not torch.equal(other["image"], a["image"])


def test_half_of_the_samples_are_negatives_and_teach_no_mask(world):
    records, cache = world
    source = PatchSamples(records, cache, 0, clicked=True)
    samples = [source.sample(n) for n in range(200)]
    negatives = [s for s in samples if s["score"] < 0]
    assert 80 <= len(negatives) <= 120
    assert all(bool(s["has_mask"]) == (float(s["score"]) > 0) for s in samples)


def test_positive_clicks_are_on_the_object_in_image_and_target(world):
    records, cache = world
    source = PatchSamples(records, cache, 0, clicked=True, negatives=0.0, label=PATCH)
    places = []
    for n in range(100):
        sample = source.sample(n)
        x, y = sample["click"].tolist()
        assert sample["target"][int(y) - RING, int(x) - RING] == 1
        assert is_red(sample["image"].numpy(), x, y)
        places.append((x, y))
    # Uniform over the object: spread far from the middle in both directions, and never the middle only.
    assert np.std(places, axis=0).min() > 12


def test_clicks_of_negatives_are_drawn_as_those_of_positives_except_where_beside_the_object(world):
    """A click that gave the class away would teach the score head nothing of the picture."""
    records, cache = world
    source = PatchSamples(records, cache, 0, clicked=True, negatives=1.0)
    on_red = 0
    for n in range(150):
        sample = source.sample(n)
        x, y = sample["click"].tolist()
        assert RING <= x < RING + PATCH
        assert RING <= y < RING + PATCH
        on_red += is_red(sample["image"].numpy(), x, y)
    # A third lies beside on purpose; in a few of the others the object is out of sight.
    assert 0.4 < on_red / 150 < 0.75


def test_flips_mirror_everything_together(world):
    records, cache = world
    source = PatchSamples(records, cache, 0, clicked=True, negatives=0.0, label=PATCH)
    for n in range(30):
        sample = source.sample(n)
        image = sample["image"].numpy()[:, RING : RING + PATCH, RING : RING + PATCH].astype(int)
        target = sample["target"].numpy()
        assert (image[0] > image[2])[target == 1].mean() > 0.97


def test_whole_photos_teach_the_mask_and_not_the_score(world):
    records, cache = world
    sample = PatchSamples(records, cache, 0, clicked=True, negatives=0.0, whole_photo=1.0).sample(0)
    assert float(sample["score"]) == 0
    assert bool(sample["has_mask"])
    window = photo_window((300, 200), np.random.default_rng(0))
    (x0, y0), (x1, y1) = window.to_window([(0, 0), (300, 200)], INPUT, INPUT)
    assert min(x0, y0) >= RING - SHIFT
    assert max(x1, y1) <= INPUT


def test_squashed_photos_cover_the_central_patch(world):
    records, cache = world
    source = SquashedSamples(records, cache, 0)
    for n in range(30):
        sample = source.sample(n)
        x, y = sample["click"].tolist()
        # A pixel of the squashed photo mixes two of the photo: the click's or its neighbour's is the object's.
        assert any(is_red(sample["image"].numpy(), x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        column, row = int((x - RING) * 112 / PATCH), int((y - RING) * 112 / PATCH)
        assert sample["target"][max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].eq(1).any()
        expected = cache.mask(records[0]).__eq__(1).mean(), cache.mask(records[1]).__eq__(1).mean()
        assert min(abs((sample["target"] == 1).float().mean().item() - e) for e in expected) < 0.01


def test_photos_smaller_than_recorded_scale_their_boxes(world):
    """The cache reduces large photos; boxes stay in the original's pixels."""
    records, cache = world
    large = replace(records[0], bbox=(400, 500, 1000, 900), size=(3000, 2000))
    sample = PatchSamples([large], cache, 0, clicked=True, negatives=0.0).sample(0)
    assert (sample["target"] == 1).float().mean() > 0.1


def test_an_object_without_pixels_does_not_stop_the_stream(world):
    records, cache = world
    cache.masks[Path("a"), 1] = np.zeros((200, 300), np.uint8)
    for source in (PatchSamples(records[:1], cache, 0, clicked=True), SquashedSamples(records[:1], cache, 0)):
        for n in range(4):
            assert not (source.sample(n)["target"] == 1).any()


def test_draw_is_uniform_over_categories_and_weighted_over_groups():
    size = (100, 100)
    box = (10, 10, 60, 60)
    records = [record_of("a", n, box, size, set="facade", category="window") for n in range(1, 91)]
    records += [record_of("b", n, box, size, set="animals", quality="clean", category="cat") for n in range(1, 10)]
    records += [record_of("c", 1, box, size, set="animals", quality="clean", category="dog")]
    records += [record_of("d", 1, box, size, set="hidden", category="none")]
    draw = BalancedDraw(records, {"facade": 0.2, "animals/clean": 0.8, "hidden": 0.0})
    rng = np.random.default_rng(0)
    drawn = [draw(rng).category for _ in range(4000)]
    shares = {name: drawn.count(name) / 4000 for name in set(drawn)}
    assert shares == pytest.approx({"window": 0.2, "cat": 0.4, "dog": 0.4}, abs=0.03)


def test_tiny_objects_are_left_out():
    size = (100, 100)
    thin, small = record_of("a", 1, (0, 0, 4, 90), size), record_of("b", 1, (0, 0, 9, 9), size)
    fine = record_of("c", 1, (0, 0, 20, 20), size)
    draw = BalancedDraw([thin, small, fine], {})
    rng = np.random.default_rng(0)
    assert {str(draw(rng).image) for _ in range(50)} == {"c"}
    with pytest.raises(InputError, match="no object to train on"):
        BalancedDraw([thin, small], {})


def test_centred_windows_are_about_their_object():
    rng = np.random.default_rng(0)
    box = (10.0, 20.0, 60.0, 45.0)
    assert all(is_about(centred_window(box, rng), box) for _ in range(100))
