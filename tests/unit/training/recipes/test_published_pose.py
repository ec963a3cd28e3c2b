"""Recipes of the published pose networks: a few steps of their own optimiser learn two made people."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.maps import as_pictures, render_maps
from tests.unit.training.data.test_pose_bank import people
from training.checkpoint import TrainingState, save_checkpoint
from training.data.cache import PhotoCache
from training.data.pose_bank import PoseBank
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.recipes.direct_pose import DirectPoseRecipe
from training.recipes.map_regressor import MAP_SIZE, MapRegressorRecipe
from training.recipes.pose_batch import pictures
from training.recipes.published_pose import regression
from training.recipes.skeleton_map import SkeletonMapRecipe

SMALL = {"width": 0.0625}
SIDE = 48
RECIPES = {"skeleton_map": SkeletonMapRecipe, "map_regressor": MapRegressorRecipe, "direct_pose": DirectPoseRecipe}


def made_people(side=SIDE, pictures=True, count=3):
    """People of motion capture as coloured sticks on grey."""
    views = [PoseBank(people()).view(n, 0) for n in range(count)]
    xy = torch.tensor(np.array([v.xy for v in views]), dtype=torch.float32)
    low, high = xy.amin((1, 2), keepdim=True), xy.amax((1, 2), keepdim=True)
    batch = {
        "xy": (0.1 + 0.8 * (xy - low) / (high - low)) * side,
        "depth": torch.tensor(np.array([v.joints[:, 2] for v in views]), dtype=torch.float32),
        "pose": torch.tensor(np.array([v.pose for v in views]), dtype=torch.float32),
        "visibility": torch.full((count, 16), 2, dtype=torch.uint8),
        "trust": torch.ones(count, 16),
    }
    if pictures:
        maps = render_maps(batch["xy"], batch["depth"], 14.0, side, perspective=True)
        shown = np.stack([as_pictures(m)[0] // 2 + 60 for m in maps])
        batch["image"] = torch.from_numpy(shown).permute(0, 3, 1, 2).contiguous()
    return batch


def steps(recipe, batch, count):
    """What the training loop does, warm-up and end of the schedule left out."""
    torch.manual_seed(0)
    net = recipe.build().train()
    schedule = recipe.schedule
    optimizer = torch.optim.SGD(net.parameters(), schedule.learning_rate, schedule.momentum, 0, schedule.weight_decay)
    history = []
    for _ in range(count):
        loss, figures = recipe.loss(net, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), schedule.gradient_clip)
        optimizer.step()
        history.append({name: value.item() for name, value in figures.items()})
    return history


def test_skeleton_maps_are_learned():
    history = steps(SkeletonMapRecipe(arguments=SMALL), made_people(), 20)
    assert history[-1]["loss"] < 0.5 * history[0]["loss"]
    assert history[-1]["map_mae"] < 0.3 * history[0]["map_mae"]
    assert history[0]["loss"] == pytest.approx(history[0]["maps"] + history[0]["sides"])


@pytest.mark.parametrize("name", ["map_regressor", "direct_pose"])
def test_poses_are_learned(name):
    recipe = RECIPES[name](arguments=SMALL | ({"size": SIDE} if name == "map_regressor" else {}))
    drawn = name == "map_regressor"
    history = steps(recipe, made_people(MAP_SIZE if drawn else SIDE, pictures=not drawn), 25)
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]
    assert history[-1]["mpjpe"] < 0.5 * history[0]["mpjpe"]


def test_maps_that_are_not_known_ask_nothing():
    batch = made_people(count=2)
    recipe = SkeletonMapRecipe(arguments=SMALL)
    net = recipe.build().train()
    batch["visibility"][0, 3] = 0
    batch["trust"][1] = 0
    loss, figures = recipe.loss(net, batch)
    loss.backward()
    assert loss.item() == 0
    assert all(np.isfinite(v.item()) for v in figures.values())
    assert not any(p.grad.any() for p in net.parameters())


def test_a_person_without_a_map_does_not_dilute_the_others():
    torch.manual_seed(0)
    batch = made_people(count=2)
    recipe = SkeletonMapRecipe(arguments=SMALL)
    net = recipe.build().eval()  # no intermediate answers, no statistics of the batch
    net.training = True
    alone, _ = recipe.loss(net, {key: value[1:] for key, value in batch.items()})
    batch["visibility"][0, 0] = 0
    together, _ = recipe.loss(net, batch)
    assert together.item() == pytest.approx(alone.item(), rel=1e-5)


def test_regression_by_hand():
    batch = {"pose": torch.zeros(2, 16, 3), "trust": torch.zeros(2, 16)}
    pose = torch.zeros(2, 16, 3)
    pose[0, 0], pose[0, 1], pose[1, 2] = torch.tensor([[300.0, 400, 0], [0, 1000, 0], [0, 0, 9e9]])
    batch["trust"][0, :2] = torch.tensor([1.0, 0.5])
    loss, figures = regression(pose, batch)
    assert loss.item() == pytest.approx((0.5 * 0.25 + 0.5 * 0.5) / 2)
    assert figures["mpjpe"].item() == pytest.approx((500 + 0.5 * 1000) / 1.5)


def test_every_stick_width_has_its_own_maps():
    batch = made_people()
    thin, thick = (SkeletonMapRecipe(stick_width=w).maps(batch, 16, SIDE) for w in (4, 14))
    assert thick.sum() > 2 * thin.sum()
    with pytest.raises(ValueError, match="one of 4, 6"):
        SkeletonMapRecipe(stick_width=5)


@pytest.mark.parametrize("name", list(RECIPES))
def test_schedules_are_the_published_ones_and_survive_json(name):
    recipe = RECIPES[name]()
    schedule = recipe.schedule
    assert (schedule.optimizer, schedule.momentum, schedule.weight_decay) == ("sgd", 0.9, 2e-4)
    expected = (12, 0.094) if name == "skeleton_map" else (32, 0.01)
    assert (schedule.batch_size, schedule.learning_rate) == expected
    assert RECIPES[name].model_validate_json(recipe.model_dump_json()) == recipe


def test_drawn_maps_need_motion_capture(tmp_path):
    cache = PhotoCache(tmp_path, [], progress=False)
    with pytest.raises(InputError, match="motion capture"):
        MapRegressorRecipe().samples(PoseData(), cache, 0)
    source = MapRegressorRecipe(arguments=SMALL | {"size": 32}).samples(PoseData(poses=people()), cache, 0)
    samples = [source.sample(n) for n in range(2)]
    recipe = MapRegressorRecipe(arguments=SMALL | {"size": 32})
    loss, _ = recipe.loss(recipe.build(), {key: torch.stack([s[key] for s in samples]) for key in samples[0]})
    assert 0 < loss < 6


def checkpoint(path, recipe):
    net = recipe.build().state_dict()
    save_checkpoint(TrainingState(recipe.model_dump_json(), 0, 1, 1.0, net, net, {}, torch.zeros(1, 1)), path)
    return net


def test_answers_of_a_skeleton_map_network_can_be_learned_from(tmp_path):
    seen = SkeletonMapRecipe(arguments=SMALL, size=48)
    state = checkpoint(tmp_path / "last.pt", seen)
    recipe = MapRegressorRecipe(
        arguments=SMALL | {"size": 32}, seen=tmp_path / "last.pt", sampler=PoseSamplerSettings(synthetic=1.0)
    )
    batch = made_people(count=2)
    net = recipe.build().eval()
    torch.manual_seed(3)
    before = torch.get_rng_state()
    _, figures = recipe.loss(net, batch)
    assert torch.equal(torch.get_rng_state(), before)  # a resumed run goes on exactly
    answering = seen.build().eval()
    answering.load_state_dict(state)
    with torch.no_grad():
        pose = net(torch.sigmoid(answering(pictures(batch)).maps)).pose
    assert figures["mpjpe"].item() == pytest.approx((pose - batch["pose"]).norm(dim=-1).mean().item(), rel=1e-4)
    source = recipe.samples(PoseData(poses=people()), PhotoCache(tmp_path, [], progress=False), 0)
    assert isinstance(source, PoseSamples)
    assert source.size == 48


def test_answers_of_another_width_or_network_are_refused(tmp_path):
    checkpoint(tmp_path / "last.pt", SkeletonMapRecipe(arguments=SMALL))
    with pytest.raises(InputError, match="sticks of 8 pixels"):
        MapRegressorRecipe(seen=tmp_path / "last.pt", stick_width=4).loss(nn.Identity(), made_people(count=1))
    checkpoint(tmp_path / "other.pt", DirectPoseRecipe(arguments=SMALL))
    with pytest.raises(InputError, match="not a checkpoint of skeleton_map"):
        MapRegressorRecipe(seen=tmp_path / "other.pt").loss(nn.Identity(), made_people(count=1))


def test_the_thorax_is_never_wrong():
    recipe = DirectPoseRecipe(arguments=SMALL)
    batch = made_people(count=2)
    batch["trust"] = torch.zeros(2, 16)
    batch["trust"][:, MPII_16.index("thorax")] = 1
    loss, _ = recipe.loss(recipe.build(), batch)
    assert loss.item() == 0
