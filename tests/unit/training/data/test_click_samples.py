from pathlib import Path

import numpy as np
import pytest
import torch

from engine.crop.simulate import first_click
from training.data.cache import PhotoCache
from training.data.click_samples import ClickSamples, Crop, SamplerSettings, warp_image, warp_mask
from training.data.degrade import degraded_mask
from training.data.open import open_records


@pytest.fixture(scope="module")
def samples(ellipses: Path, tmp_path_factory: pytest.TempPathFactory) -> ClickSamples:
    records = open_records(ellipses, "train")
    cache = PhotoCache(tmp_path_factory.mktemp("cache"), [r.image for r in records], progress=False)
    return ClickSamples(records, cache, SamplerSettings(composite=0.3, box=0.3), seed=3, size=64)


def test_a_sample_depends_on_its_number_alone(samples: ClickSamples):
    first = samples.sample(5)
    samples.sample(6)
    torch.manual_seed(99)
    again = samples.sample(5)
    for key, value in first.items():
        assert torch.equal(value, again[key]), key
    assert not torch.equal(first["image"], samples.sample(7)["image"])


def test_samples_leave_the_global_generator_alone(samples: ClickSamples):
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    samples.sample(1)
    assert torch.equal(torch.rand(3), expected)


def test_every_prompt_points_at_what_it_says(samples: ClickSamples):
    kinds = set()
    for n in range(60):
        sample = samples.sample(n)
        target = sample["target"][0]
        assert set(target.unique().tolist()) <= {0, 1, 255}
        assert int((target == 1).sum()) >= 12
        used = sample["clicks"][sample["clicks"][:, 2] != 0]
        for x, y, label in used.tolist():
            assert int(target[int(y), int(x)]) == (1 if label > 0 else 0)
            kinds.add(label)
        x0, _, x1, _ = sample["box"].tolist()
        if x1 > x0:
            kinds.add("box")
        assert len(used) or x1 > x0, "a sample without any prompt cannot be answered"
    assert kinds == {1.0, -1.0, "box"}


def test_hidden_counts_the_object_outside_the_crop(samples: ClickSamples):
    record = samples.records[0]
    mask = samples.cache.mask(record)
    click = first_click(mask)
    assert click is not None
    crop = Crop(click.x, click.y, 16.0, 0.0, 1.0, False)
    inside = int((warp_mask(mask, crop, 64) == 1).sum())
    assert inside == 64 * 64, "the window lies within the object"
    total = int((mask == 1).sum()) * (64 / 16) ** 2
    hidden = [samples.sample(n)["hidden"].item() for n in range(60)]
    assert max(hidden) > 0
    assert max(hidden) < total * 4


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("side", [30.0, 64.0, 200.0])
def test_photo_and_mask_stay_registered_at_every_scale(side: float, flip: bool):
    ys, xs = np.mgrid[:150, :200] + 0.5
    truth = ((xs - 120) / 18) ** 2 + ((ys - 70) / 11) ** 2 < 1
    photo = np.repeat((truth * 255).astype(np.uint8)[..., None], 3, 2)
    crop = Crop(117.3, 68.9, side, 7.0, 1.1, flip)
    image, valid = warp_image(photo, crop, 96)
    target = warp_mask(truth.astype(np.uint8), crop, 96)
    a, b = np.argwhere(image[..., 0] > 127).mean(0), np.argwhere(target == 1).mean(0)
    np.testing.assert_allclose(a, b, atol=0.35)
    assert valid.min() == (1 if side < 100 else 0)


def test_weights_by_set_decide_how_often_a_set_is_seen(ellipses: Path, tmp_path: Path):
    records = open_records(ellipses, "train")
    cache = PhotoCache(tmp_path, [r.image for r in records], progress=False)
    settings = SamplerSettings(set_weights={"ellipses/clean": 0.5})
    source = ClickSamples(records, cache, settings, 0, size=32)
    assert source.cumulative[-1] == pytest.approx(1.0)
    np.testing.assert_allclose(np.diff(source.cumulative), 1 / len(records))


def test_degraded_masks_resemble_the_truth():
    truth = np.zeros((64, 64), np.bool_)
    truth[16:48, 20:50] = True
    ious = []
    for seed in range(40):
        mask = degraded_mask(truth, np.random.default_rng(seed))
        assert mask.dtype == np.uint8
        answer = mask > 127
        ious.append((answer & truth).sum() / (answer | truth).sum())
    assert 0.5 < np.mean(ious) < 0.95
    assert np.std(ious) > 0.03
