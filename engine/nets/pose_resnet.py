"""ResNets of the published pose networks: the trunk with a tap after every stage, and the regression of a pose.

Unlike engine.nets.resnet, which cuts and pads its trunk for DeepMask, this is the plain network. The blocks and the
names of the parameters are torchvision's; a `width` factor makes small forms.

Source: He et al. 2015; the skeleton-map paper, sections 3.2, 3.3 and 5.2.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from torch import Tensor, nn

from engine.nets.resnet import BLOCKS, Depth, stage
from engine.pose.joints import MPII_16

JOINTS = len(MPII_16.joints)
ROOT = MPII_16.index(MPII_16.root)
MM = 1000.0
"""Millimetres of a unit of the last layer, which thus learns metres: its learning rate is meant for values near one."""


class Size(TypedDict):
    """Arguments that set the size of a network on this trunk."""

    width: float
    depth: Depth


PUBLISHED: Size = {"width": 1.0, "depth": 50}
"""ResNet-50, as in the paper."""


class PoseTrunk(nn.Module):
    """Stem and stages conv2 to conv5 of a ResNet.

    Args:
        width: Factor on every number of channels; 1.0 is the published net.
        depth: 18 or 50.
        in_channels: Planes of the input.

    Raises:
        ValueError: There is no such depth, or nothing is left of the width.
    """

    def __init__(self, width: float = 0.5, depth: Depth = 18, in_channels: int = 3) -> None:
        super().__init__()
        if depth not in BLOCKS:
            raise ValueError(f"depth must be 18 or 50, not {depth}")
        base = round(64 * width)
        if base < 1:
            raise ValueError(f"width must be positive, not {width}")
        self.block, counts = BLOCKS[depth]
        expansion = self.block.expansion
        self.conv1 = nn.Conv2d(in_channels, base, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(base)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(self.block, base, base, counts[0], stride=1)
        self.layer2 = stage(self.block, base * expansion, base * 2, counts[1], stride=2)
        self.layer3 = stage(self.block, base * 2 * expansion, base * 4, counts[2], stride=2)
        self.layer4 = stage(self.block, base * 4 * expansion, base * 8, counts[3], stride=2)
        self.tap_channels = tuple(base * expansion * k for k in (1, 2, 4, 8))
        """Channels at strides 4, 8, 16 and 32."""

    def taps(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Features after conv2 to conv5: res2c, res3d, res4f and res5c of ResNet-50.

        Args:
            x: (B, in_channels, H, W).

        Returns:
            Four tensors (B, C_i, H/s, W/s), sizes rounded up, with C_i from `tap_channels` and s = 4, 8, 16, 32.
        """
        s4 = self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(x)))))
        s8 = self.layer2(s4)
        s16 = self.layer3(s8)
        return s4, s8, s16, self.layer4(s16)


class PoseRegression(NamedTuple):
    """What a published regressor says.

    Attributes:
        pose: (B, 16, 3) mm in camera axes, relative to the thorax, which is exactly 0.
    """

    pose: Tensor


class PoseRegressor(nn.Module):
    """ResNet whose last layer gives the positions of all joints. Args and errors as of PoseTrunk."""

    def __init__(self, width: float = 0.5, depth: Depth = 18, in_channels: int = 3) -> None:
        super().__init__()
        self.trunk = PoseTrunk(width, depth, in_channels)
        self.fc = nn.Linear(self.trunk.tap_channels[-1], JOINTS * 3)
        initialise(self)
        # A pose near the thorax to begin with: the features are large, and metres off would be learned from first.
        nn.init.normal_(self.fc.weight, std=0.01)
        nn.init.zeros_(self.fc.bias)

    def regress(self, x: Tensor) -> PoseRegression:
        """(B, in_channels, H, W) of any size -> poses."""
        pose: Tensor = self.fc(self.trunk.taps(x)[-1].mean((2, 3))).float().unflatten(1, (JOINTS, 3)) * MM
        return PoseRegression(pose - pose[:, ROOT : ROOT + 1])


def initialise(net: nn.Module) -> None:
    """He initialisation as torchvision's ResNets begin; convolutions with a bias give answers and keep theirs."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.bias is None:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
