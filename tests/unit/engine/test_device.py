"""The choice of a device, its reason and its fallbacks, with CUDA made up where the machine has none."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine import device as device_module
from engine.device import after_failure, choose, usable
from engine.errors import DeviceError


@pytest.fixture
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def made_up_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)


@pytest.mark.usefixtures("no_accelerator")
def test_auto_takes_the_cpu_and_says_what_is_missing() -> None:
    device = choose()
    assert device.torch_device == torch.device("cpu")
    assert "CUDA" in device.reason
    assert "MPS" in device.reason


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "", "meta", "cuda:-1"])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(DeviceError, match="There is no device") as caught:
        choose(name)
    assert "cuda:N" in caught.value.hint


def test_unknown_precision_is_refused() -> None:
    with pytest.raises(DeviceError, match="int8"):
        choose("cpu", precision="int8")


@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize("name", ["cuda", "cuda:3", "mps"])
def test_missing_device_is_an_error_or_a_fallback_with_reason(name: str) -> None:
    with pytest.raises(DeviceError, match=f"“{name}” cannot be used"):
        choose(name)
    device = choose(name, fallback=True)
    assert device.torch_device.type == "cpu"
    assert name in device.reason


@pytest.mark.usefixtures("made_up_cuda")
def test_a_full_accelerator_is_reported_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB.")

    monkeypatch.setattr(torch, "ones", no_memory)
    with pytest.raises(DeviceError, match="no free memory"):
        choose("cuda")
    assert "no free memory" in choose("auto").reason


@pytest.mark.usefixtures("made_up_cuda")
def test_an_index_that_does_not_exist() -> None:
    with pytest.raises(DeviceError, match="only 1 CUDA"):
        choose("cuda:7")


@pytest.mark.usefixtures("made_up_cuda")
@pytest.mark.parametrize(("native", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_cuda_computes_in_bf16_where_it_is_native(
    monkeypatch: pytest.MonkeyPatch, *, native: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(device_module, "_problem", lambda _: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Test GPU")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    device = choose("cuda")
    assert device.torch_device == torch.device("cuda", 0)
    assert device.name == "Test GPU (cuda:0)"
    assert device.dtype == dtype


@pytest.mark.parametrize(("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_precision_is_what_networks_compute_in(precision: str, dtype: torch.dtype) -> None:
    device = choose("cpu", precision=precision)
    net = device.place(nn.Conv2d(3, 8, 3))
    assert net.weight.is_contiguous(memory_format=torch.channels_last)
    with device.autocast(), torch.inference_mode():
        assert net(torch.zeros(1, 3, 8, 8)).dtype == dtype


def test_automatic_cpu_precision_follows_the_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    assert choose("cpu").dtype == torch.float32
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    assert choose("cpu").dtype == torch.bfloat16


def test_after_a_failure_the_cpu_takes_over_from_an_accelerator_only() -> None:
    cpu = choose("cpu")
    assert after_failure(cpu, RuntimeError("boom")) is None
    gpu = device_module.Device(torch.device("cuda", 0), torch.bfloat16, "Test GPU", "")
    assert after_failure(gpu, ValueError("a defect, not the device")) is None
    replacement = after_failure(gpu, torch.OutOfMemoryError("CUDA out of memory"))
    assert replacement is not None
    assert replacement.torch_device.type == "cpu"
    assert replacement.reason == "Test GPU ran out of memory."
    broken = after_failure(gpu, RuntimeError("CUDA error: unspecified launch failure\ndetails"))
    assert broken is not None
    assert "unspecified launch failure" in broken.reason
    assert "details" not in broken.reason


def test_the_cpu_is_always_usable() -> None:
    assert usable()[-1].torch_device.type == "cpu"
