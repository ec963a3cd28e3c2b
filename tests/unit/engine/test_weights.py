"""Weights round trips and every way in which a file can be wrong, on a small made-up network."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from engine import weights
from engine.device import choose
from engine.errors import InputError, OutputError, WeightsError
from engine.weights import (
    DataSource,
    Normalisation,
    WeightsCard,
    build,
    folders,
    list_weights,
    load_net,
    save_weights,
    user_folder,
)

NAME = "small"
ARCHITECTURE = f"{__name__}:SmallNet"


class SmallNet(nn.Module):
    """A convolution with batch normalisation: weights, vectors and an integer counter."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        if width < 1:
            raise ValueError("width must be positive")
        self.conv = nn.Conv2d(3, width, 3)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(x))


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights.ARCHITECTURES, NAME, ARCHITECTURE)


@pytest.fixture
def card() -> WeightsCard:
    return WeightsCard(
        name=NAME,
        architecture=ARCHITECTURE,
        arguments={"width": 5},
        input="RGB",
        normalisation=Normalisation(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
        data=(DataSource(name="made up", terms="none"),),
        licence="Apache-2.0",
        training_command="none",
        commit="0" * 40,
    )


@pytest.fixture
def net() -> SmallNet:
    torch.manual_seed(1)
    net = SmallNet(5)
    net(torch.randn(8, 3, 9, 9))  # moves the running statistics away from 0 and 1
    return net.eval()


@pytest.fixture
def saved(tmp_path: Path, net: SmallNet, card: WeightsCard) -> Path:
    path = tmp_path / f"{NAME}.safetensors"
    save_weights(net, path, card)
    return path


def rewrite(path: Path, blob: bytes | None = None, **changes: Any) -> None:
    """Change the file, the card or both, with a hash that fits."""
    if blob is not None:
        path.write_bytes(blob)
    card = json.loads(path.with_suffix(".json").read_text())
    card["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(card | changes))


def test_round_trip_gives_the_same_answers(saved: Path, net: SmallNet) -> None:
    loaded = load_net(NAME, folder=saved.parent)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert all(parameter.dtype == torch.float32 for parameter in loaded.parameters())
    x = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(loaded(x), net(x), rtol=2e-3, atol=2e-3)
    assert torch.equal(loaded.norm.running_var, net.norm.running_var)
    assert loaded.norm.num_batches_tracked == net.norm.num_batches_tracked


def test_the_card_is_completed(saved: Path, net: SmallNet, card: WeightsCard) -> None:
    written = WeightsCard.model_validate_json(saved.with_suffix(".json").read_text())
    assert written.parameters == sum(p.numel() for p in net.parameters()) == 5 * 27 + 5 + 10
    assert written.bytes == saved.stat().st_size
    assert written.sha256 == hashlib.sha256(saved.read_bytes()).hexdigest()
    assert written.model_copy(update={"sha256": "", "bytes": 0, "parameters": 0}) == card
    assert sorted(p.name for p in saved.parent.iterdir()) == ["small.json", "small.safetensors"]


def test_a_device_sets_place_and_layout(saved: Path) -> None:
    loaded = load_net(NAME, choose("cpu"), dtype=torch.bfloat16, folder=saved.parent)
    assert loaded.conv.weight.dtype == torch.bfloat16
    assert loaded.conv.weight.is_contiguous(memory_format=torch.channels_last)


def test_building_leaves_the_random_state_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    build(NAME)
    assert torch.equal(torch.rand(1), expected)


def test_unknown_network() -> None:
    for call in (build, load_net):
        with pytest.raises(InputError, match="deepcrop"):
            call("no-such-net")


def test_missing_weights_say_where_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"are missing .*small\.safetensors") as caught:
        load_net(NAME, folder=tmp_path)
    assert "DEEPSKEL_WEIGHTS" in caught.value.hint


def test_one_changed_bit_is_refused(saved: Path) -> None:
    blob = bytearray(saved.read_bytes())
    blob[-1] ^= 1
    saved.write_bytes(blob)
    with pytest.raises(WeightsError, match="corrupt"):
        load_net(NAME, folder=saved.parent)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_truncated_files_are_refused(saved: Path, kept: int) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(WeightsError, match="corrupt"):
        load_net(NAME, folder=saved.parent)


def test_nothing_is_interpreted_before_the_hash_is_known(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved.write_bytes(b"anything else")
    monkeypatch.setattr(weights, "parse_safetensors", lambda _: pytest.fail("interpreted"))
    with pytest.raises(WeightsError, match="corrupt"):
        load_net(NAME, folder=saved.parent)


def test_a_file_that_is_no_safetensors_although_the_hash_fits(saved: Path) -> None:
    rewrite(saved, b"\x08\0\0\0\0\0\0\0not json")
    with pytest.raises(WeightsError, match="not a safetensors file"):
        load_net(NAME, folder=saved.parent)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite(saved: Path, net: SmallNet, value: float) -> None:
    state = net.state_dict()
    state["conv.bias"][2] = value
    save_file(state, saved)
    rewrite(saved)
    with pytest.raises(WeightsError, match=r"conv\.bias has values that are not finite"):
        load_net(NAME, folder=saved.parent)


@pytest.mark.parametrize("value", [float("nan"), 1e6])
def test_values_that_half_precision_cannot_hold_are_not_saved(
    tmp_path: Path, net: SmallNet, card: WeightsCard, value: float
) -> None:
    with torch.no_grad():
        net.conv.weight[0, 0, 0, 0] = value
    with pytest.raises(WeightsError, match=r"conv\.weight"):
        save_weights(net, tmp_path / "w.safetensors", card)
    assert list(tmp_path.iterdir()) == []


def test_another_shape(saved: Path) -> None:
    rewrite(saved, arguments={"width": 6})
    with pytest.raises(WeightsError, match=r"conv\.bias is \(5,\) and should be \(6,\)"):
        load_net(NAME, folder=saved.parent)


def test_a_missing_and_an_unknown_tensor(saved: Path, net: SmallNet) -> None:
    state = net.state_dict()
    bias = state.pop("conv.bias")
    save_file(state, saved)
    rewrite(saved)
    with pytest.raises(WeightsError, match=r"conv\.bias is missing"):
        load_net(NAME, folder=saved.parent)
    save_file(state | {"conv.bias": bias, "extra": bias.clone()}, saved)
    rewrite(saved)
    with pytest.raises(WeightsError, match="extra is not part of the network"):
        load_net(NAME, folder=saved.parent)


def test_weights_of_another_architecture(saved: Path) -> None:
    rewrite(saved, architecture="engine.nets.other:Other")
    with pytest.raises(WeightsError, match=r"is for engine\.nets\.other:Other"):
        load_net(NAME, folder=saved.parent)


@pytest.mark.parametrize("arguments", [{"width": 0}, {"depth": 3}])
def test_arguments_that_the_class_refuses(saved: Path, arguments: dict[str, int]) -> None:
    rewrite(saved, arguments=arguments)
    with pytest.raises(WeightsError, match="cannot be built from its card"):
        load_net(NAME, folder=saved.parent)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "small"}', '{"surprise": 1}'])
def test_cards_that_are_not_valid(saved: Path, text: str) -> None:
    saved.with_suffix(".json").write_text(text)
    with pytest.raises(WeightsError, match="card"):
        load_net(NAME, folder=saved.parent)


def test_a_missing_card(saved: Path) -> None:
    saved.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match="has no card"):
        load_net(NAME, folder=saved.parent)


def test_a_place_that_cannot_be_written(tmp_path: Path, net: SmallNet, card: WeightsCard) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        save_weights(net, tmp_path / "file" / "w.safetensors", card)


def test_search_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSKEL_WEIGHTS", raising=False)
    assert folders() == (user_folder(), weights.SHIPPED)
    monkeypatch.setenv("DEEPSKEL_WEIGHTS", str(tmp_path))
    assert folders() == (tmp_path,)
    assert folders(tmp_path / "given") == (tmp_path / "given",)


def test_the_users_own_weights_come_before_the_shipped_ones(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr(weights, "SHIPPED", shipped)
    monkeypatch.setattr(weights, "user_folder", lambda: saved.parent)
    monkeypatch.delenv("DEEPSKEL_WEIGHTS", raising=False)
    shipped.mkdir()
    for suffix in (".safetensors", ".json"):
        (shipped / f"{NAME}{suffix}").write_bytes(b"not this one")
    load_net(NAME)


def state_of(folder: Path) -> weights.WeightsState:
    return next(state for state in list_weights(folder) if state.name == NAME)


def test_list_tells_the_state_of_each(saved: Path) -> None:
    good = state_of(saved.parent)
    assert (good.present, good.hash_ok, good.problem, good.path) == (True, True, "", saved)
    assert good.card is not None
    assert good.card.arguments == {"width": 5}

    saved.write_bytes(b"damaged")
    damaged = state_of(saved.parent)
    assert (damaged.present, damaged.hash_ok) == (True, False)
    assert "corrupt" in damaged.problem

    saved.with_suffix(".json").write_text("{")
    assert "card" in state_of(saved.parent).problem

    saved.unlink()
    missing = state_of(saved.parent)
    assert (missing.present, missing.hash_ok, missing.card, missing.problem) == (False, False, None, "missing")
    assert {state.name for state in list_weights()} >= {"deepcrop", "deepcrop_v1", "deepcrop_v2", "deepmask"}
