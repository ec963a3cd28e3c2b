"""Recipes of the family: a few steps teach a toy, and a configuration survives JSON."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.nets.deepmask import DeepMask
from engine.weights import Evaluation, Normalisation, WeightsCard, save_weights
from training.data.records import ObjectRecord
from training.recipes import RECIPES
from training.recipes.deepmask import mean_iou

TINY = {"width": 0.125, "bottleneck": 4, "rank": 16}
FAMILY = ["deepmask", "deepcrop_v1", "deepcrop_v2"]


class OnePhoto:
    """A bright block on dark ground."""

    def __init__(self):
        self._photo = np.full((120, 160, 3), 40, np.uint8)
        self._photo[40:90, 50:110] = 220
        self._mask = (self._photo[..., 0] > 100).astype(np.uint8)

    def photo(self, record):
        return self._photo

    def mask(self, record):
        return self._mask


@pytest.fixture
def record():
    base = ObjectRecord(
        Path("a"),
        lambda: np.zeros((1, 1), np.uint8),
        "toys",
        "train",
        1,
        "",
        "",
        (50, 40, 110, 90),
        (160, 120),
        0.15,
        False,
    )
    return replace(base, category="block")


def batch_of(recipe, record, size=8):
    source = recipe.samples([record], OnePhoto(), 0)
    samples = [source.sample(n) for n in range(size)]
    return {key: torch.stack([s[key] for s in samples]) for key in samples[0]}


@pytest.mark.parametrize("name", FAMILY)
def test_steps_on_one_batch_lower_the_loss_and_raise_the_iou(name, record):
    torch.manual_seed(0)
    arguments = dict(TINY) if name == "deepcrop_v1" else {**TINY, "hidden": 16}
    recipe = RECIPES[name](arguments=arguments)
    batch, net = batch_of(recipe, record), recipe.build().train()
    optimizer = torch.optim.AdamW(net.parameters(), 5e-3)
    history = []
    for _ in range(25):
        loss, figures = recipe.loss(net, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(figures)
    assert history[-1]["loss"] < 0.5 * history[0]["loss"]
    assert history[-1]["iou"] > 0.6
    assert all(not v.requires_grad for v in history[-1].values())


@pytest.mark.parametrize("name", [*FAMILY, "sharpmask"])
def test_configuration_survives_json(name):
    recipe = RECIPES[name](set_weights={"toys": 2.0})
    again = RECIPES[name].model_validate_json(recipe.model_dump_json())
    assert again == recipe
    with pytest.raises(ValueError, match="Extra inputs"):
        RECIPES[name].model_validate({"learning_rate": 1})


def test_a_batch_of_negatives_has_no_mask_loss(record):
    recipe = RECIPES["deepmask"](arguments={**TINY, "hidden": 8}, negatives=1.0)
    _, figures = recipe.loss(recipe.build(), batch_of(recipe, record, 4))
    assert figures["mask_loss"] == 0
    assert figures["score_loss"] > 0
    assert figures["loss"].item() == pytest.approx(figures["score_loss"].item() / 32)


def test_sharpmask_learns_on_a_trained_net(tmp_path, record):
    arguments = {**TINY, "hidden": 8}
    torch.manual_seed(0)
    card = WeightsCard(
        name="deepmask",
        architecture="engine.nets.deepmask:DeepMask",
        arguments=arguments,
        input="",
        normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
        data=(),
        licence="",
        training_command="",
        commit="",
        evaluation=Evaluation(command="", figures={}),
    )
    save_weights(DeepMask(**arguments), tmp_path / "deepmask.safetensors", card)
    recipe = RECIPES["sharpmask"](arguments=arguments, base_weights=tmp_path)
    net = recipe.build().train()
    batch = batch_of(recipe, record, 4)
    assert batch["target"].shape[1:] == (160, 160)
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], 5e-3)
    losses = []
    for _ in range(12):
        loss, _ = recipe.loss(net, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_mean_iou_by_hand():
    logits = torch.tensor([[[[1.0, 1.0], [-1.0, 1.0]]], [[[-1.0, -1.0], [-1.0, -1.0]]]])
    target = torch.tensor([[[1, 0], [1, 255]], [[0, 0], [0, 0]]], dtype=torch.uint8)
    assert mean_iou(logits, target, torch.tensor([True, True])).item() == pytest.approx((1 / 3 + 1) / 2)
    assert mean_iou(logits, target, torch.tensor([True, False])).item() == pytest.approx(1 / 3)
