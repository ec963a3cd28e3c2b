"""Which device computes, in which precision and memory format, and why."""

from __future__ import annotations

import platform
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

import torch
from torch import nn

from engine.errors import DeviceError


@dataclass(frozen=True, slots=True)
class Device:
    """Where and how networks run.

    Args:
        torch_device: The torch device.
        dtype: Autocast precision: bfloat16 where the hardware multiplies it natively, else float32.
        name: For people, such as "NVIDIA H200 (cuda:0)".
        reason: Why this device: one sentence, which also tells of a fallback.
        memory_format: Layout that convolutions are fastest in.
    """

    torch_device: torch.device
    dtype: torch.dtype
    name: str
    reason: str
    memory_format: torch.memory_format = torch.channels_last

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which networks compute in `dtype`."""
        return torch.autocast(self.torch_device.type, self.dtype, enabled=self.dtype != torch.float32)

    def place(self, net: nn.Module) -> nn.Module:
        """Move `net` here, in the fast memory format."""
        return net.to(self.torch_device, memory_format=self.memory_format)  # type: ignore[call-overload, no-any-return]


def choose(name: str = "auto", *, precision: str = "auto", fallback: bool = False) -> Device:
    """Choose the device.

    Args:
        name: "auto" (CUDA, else MPS, else CPU), "cpu", "cuda", "cuda:N" or "mps".
        precision: "auto", "float32" or "bfloat16".
        fallback: Use the CPU, with the reason, when the device that was asked for cannot be used.

    Raises:
        DeviceError: The name or precision is unknown, or the device cannot be used and `fallback` is False.
    """
    if precision not in ("auto", "float32", "bfloat16"):
        raise DeviceError(f"There is no precision called “{precision}”.", "Use auto, float32 or bfloat16.")
    if name == "auto":
        return _automatic(precision)
    torch_device = _parse(name)
    problem = _problem(torch_device)
    if problem is None:
        return _describe(torch_device, precision, "It was asked for.")
    if not fallback:
        raise DeviceError(f"The device “{name}” cannot be used: {problem}.", "Use --device auto or --device cpu.")
    return _describe(torch.device("cpu"), precision, f"“{name}” cannot be used: {problem}.")


def after_failure(device: Device, error: BaseException) -> Device | None:
    """The device to go on with after `error` ended a computation on `device`, or None when it would fail there as well.

    An accelerator that ran out of memory or broke down is replaced by the CPU; errors of the CPU have no way out.
    """
    if device.torch_device.type == "cpu" or not isinstance(error, RuntimeError):
        return None
    what = "ran out of memory" if isinstance(error, torch.OutOfMemoryError) else f"failed ({_first_line(error)})"
    return _describe(torch.device("cpu"), "auto", f"{device.name} {what}.")


def usable() -> list[Device]:
    """Every device of this machine that works, best first."""
    candidates = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    candidates += [torch.device("mps"), torch.device("cpu")]
    return [_describe(each, "auto", "It works.") for each in candidates if _problem(each) is None]


def _automatic(precision: str) -> Device:
    problems = []
    for kind, label in (("cuda", "CUDA"), ("mps", "MPS")):
        torch_device = torch.device(kind, 0) if kind == "cuda" else torch.device(kind)
        problem = _problem(torch_device)
        if problem is None:
            return _describe(torch_device, precision, "It is the fastest device of this machine.")
        problems.append(f"{label}: {problem}")
    return _describe(torch.device("cpu"), precision, f"No accelerator can be used ({'; '.join(problems)}).")


def _parse(name: str) -> torch.device:
    torch_device: torch.device | None = None
    with suppress(RuntimeError):
        torch_device = torch.device("cuda:0" if name == "cuda" else name)
    if torch_device is None or torch_device.type not in ("cpu", "cuda", "mps"):
        raise DeviceError(f"There is no device called “{name}”.", "Use auto, cpu, cuda, cuda:N or mps.")
    return torch_device


def _problem(torch_device: torch.device) -> str | None:
    """Why the device cannot be used, or None when a small computation on it succeeds."""
    kind = torch_device.type
    if kind == "cuda":
        if torch.version.cuda is None and torch.version.hip is None:
            return "this build of PyTorch has no CUDA"
        if not torch.cuda.is_available():
            return "PyTorch finds no CUDA device or driver"
        if (torch_device.index or 0) >= torch.cuda.device_count():
            return f"there are only {torch.cuda.device_count()} CUDA devices"
    if kind == "mps" and not torch.backends.mps.is_available():
        return "this machine or build of PyTorch has no Metal device"
    try:
        torch.ones(8, device=torch_device).sum().item()
    except torch.OutOfMemoryError:
        return "it has no free memory"
    except (RuntimeError, AssertionError) as error:
        return _first_line(error)
    return None


def _describe(torch_device: torch.device, precision: str, reason: str) -> Device:
    match torch_device.type:
        case "cuda":
            label = f"{torch.cuda.get_device_name(torch_device)} ({torch_device})"
            native = torch.cuda.is_bf16_supported(including_emulation=False)
        case "cpu":
            label, native = f"CPU ({platform.machine()})", _cpu_multiplies_bf16()
        case _:
            label, native = torch_device.type.upper(), False
    bf16 = precision == "bfloat16" or (precision == "auto" and native)
    return Device(torch_device, torch.bfloat16 if bf16 else torch.float32, label, reason)


def _cpu_multiplies_bf16() -> bool:
    """Whether the CPU has bf16 instructions (AVX512-BF16 or AMX); without them bf16 is emulated and slow."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # torch < 2.13 has no public question for this
    return any(getattr(torch.cpu, probe, bool)() for probe in probes)


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
