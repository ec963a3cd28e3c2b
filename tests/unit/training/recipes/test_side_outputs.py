"""Recipes of the published skeleton networks: labels by hand, thirty steps learn a bar and a disc, JSON and back."""

import cv2
import numpy as np
import pytest
import torch

from engine.crop.planes import normalised
from engine.errors import WeightsError
from engine.nets.vgg import VGGTrunk
from engine.skeleton.scales import TABLES
from training.data.cache import PhotoCache
from training.data.records import ObjectRecord
from training.data.skeleton_samples import SkeletonSamplerSettings
from training.recipes import RECIPES
from training.recipes.side_outputs import skeleton_labels, type_labels

NAMES = ["hed", "fsds", "lmsds"]
SIDE = 48


def bar_and_disc():
    """Two pictures: a bar 13 pixels thick with its axis, a disc of diameter 30 with its centre; a void corner."""
    image = np.full((2, SIDE, SIDE, 3), 50, np.uint8)
    diameter = np.zeros((2, 1, SIDE, SIDE), np.float32)
    image[0, 18:31, 4:44] = (200, 120, 60)
    diameter[0, 0, 24, 10:38] = 13
    cv2.circle(image[1], (24, 24), 15, (90, 200, 160), -1)
    diameter[1, 0, 24, 24] = 30
    known = np.ones((2, 1, SIDE, SIDE), np.uint8)
    known[:, :, :4, :4] = 0
    return {
        "image": torch.from_numpy(image).permute(0, 3, 1, 2).contiguous(),
        "diameter": torch.from_numpy(diameter),
        "known": torch.from_numpy(known),
        "mask": torch.from_numpy((image[..., 0] != 50).astype(np.uint8))[:, None],
    }


@pytest.mark.parametrize("name", NAMES)
def test_thirty_steps_learn_two_pictures(name):
    torch.manual_seed(0)
    recipe = RECIPES[name](arguments={"width": 0.125})
    batch, net = bar_and_disc(), recipe.build().train()
    optimizer = torch.optim.AdamW(net.parameters(), 1e-2)
    history = []
    for _ in range(30):
        loss, figures = recipe.loss(net, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(figures)
    assert history[-1]["loss"] < 0.4 * history[0]["loss"]
    assert history[-1]["f"] > 1.5 * history[0]["f"]
    assert all(not v.requires_grad and v.ndim == 0 for v in history[-1].values())
    if name == "lmsds":
        assert history[-1]["scale_octaves"] < 0.2
    with torch.no_grad():
        probability = net(normalised(batch["image"].float() / 255)).probability()
    on = batch["diameter"][:, 0] > 0
    away = batch["mask"][:, 0] == 0
    for p, skeleton, ground in zip(probability, on, away, strict=True):
        assert p[skeleton].mean() > 0.75
        assert p[~skeleton & ~ground].mean() < p[skeleton].mean() - 0.15
        assert p[ground].mean() < 0.3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("known", [0, 1])
def test_pictures_without_skeleton_or_all_void_cost_nothing(name, known):
    recipe = RECIPES[name](arguments={"width": 0.0625})
    batch = bar_and_disc()
    batch["diameter"] = torch.zeros_like(batch["diameter"])
    batch["known"] = torch.full_like(batch["known"], known)
    net = recipe.build()
    loss, figures = recipe.loss(net, batch)
    loss.backward()
    assert loss.item() == 0
    assert all(torch.isfinite(v) for v in figures.values())
    assert all(p.grad is None or not p.grad.any() for p in net.parameters())


def test_labels_by_hand():
    batch = {
        "diameter": torch.tensor([0.0, 1, 11, 30, 90, 250, 250])[None, None, None],
        "known": torch.tensor([1, 1, 1, 1, 1, 1, 0], dtype=torch.uint8)[None, None, None],
    }
    assert skeleton_labels(batch).flatten().tolist() == [0, 1, 1, 1, 1, 1, 255]
    # FSDS: [1,10) [10,26) [26,60) [60,150); LMSDS: [1,12) [12,36) [36,80) [80,200).
    assert type_labels(batch, TABLES["fsds"]).flatten().tolist() == [0, 1, 2, 3, 4, 0, 255]
    assert type_labels(batch, TABLES["lmsds"]).flatten().tolist() == [0, 1, 1, 2, 4, 0, 255]


@pytest.mark.parametrize("name", NAMES)
def test_the_trunk_can_start_from_published_weights(name, tmp_path):
    trunk = VGGTrunk(0.0625, batch_norm=False)
    torch.save(trunk.state_dict(), tmp_path / "vgg.pth")
    arguments = {"width": 0.0625, "batch_norm": False}
    recipe = RECIPES[name](arguments=arguments, vgg=tmp_path / "vgg.pth")
    built = recipe.build().trunk.state_dict()
    assert all(torch.equal(built[key], value) for key, value in trunk.state_dict().items())
    assert RECIPES[name].model_validate_json(recipe.model_dump_json()) == recipe
    with pytest.raises(WeightsError, match="another width"):
        RECIPES[name](arguments=arguments | {"width": 0.125}, vgg=tmp_path / "vgg.pth").build()


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sampler_gives_can_be_learned_from(name, tmp_path):
    photo = np.full((120, 160, 3), 40, np.uint8)
    photo[50:70, 30:130] = 220
    cv2.imwrite(str(tmp_path / "a.png"), photo)
    mask = (photo[..., 0] > 100).astype(np.uint8)
    record = ObjectRecord(
        tmp_path / "a.png", lambda: mask, "toys", "train", 1, "", "", (30, 50, 130, 70), (160, 120), 0.1, False
    )  # fmt: skip
    recipe = RECIPES[name](
        arguments={"width": 0.0625}, size=64, sampler=SkeletonSamplerSettings(set_weights={"toys": 1.0})
    )
    source = recipe.samples([record], PhotoCache(tmp_path, [record.image], progress=False), 0)
    samples = [source.sample(n) for n in range(2)]
    loss, figures = recipe.loss(recipe.build(), {key: torch.stack([s[key] for s in samples]) for key in samples[0]})
    assert 0 < loss < 5
    assert all(torch.isfinite(v) for v in figures.values())


@pytest.mark.parametrize("name", NAMES)
def test_configuration_survives_json(name):
    recipe = RECIPES[name](size=96, arguments={"width": 0.5})
    assert RECIPES[name].model_validate_json(recipe.model_dump_json()) == recipe
    with pytest.raises(ValueError, match="Extra inputs"):
        RECIPES[name].model_validate({"learning_rate": 1})


def test_all_three_are_trained_alike():
    settings = [RECIPES[name]().model_dump(exclude={"name"}) for name in NAMES]
    assert settings[0] == settings[1] == settings[2]
