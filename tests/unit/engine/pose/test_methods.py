"""The methods with small untrained networks: what goes through them, and what comes out."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.crop.planes import MEAN, STD
from engine.device import choose
from engine.errors import Cancelled, InputError, WeightsError
from engine.imaging.window import Pyramid, Window
from engine.nets.hourglass import Hourglass, HourglassOutput
from engine.nets.map_net import MapNet, RegressorOutput
from engine.nets.map_regressor import MapRegressor
from engine.nets.pose_rgb import PoseRGB
from engine.nets.posenet import PoseNet, PoseOutput
from engine.nets.skeleton_map import SkeletonMapNet
from engine.pose.hypotheses import NO_MAP, Look, Origin
from engine.pose.joints import MPII_16
from engine.pose.maps import CROPS, SINGLE, WIDTHS
from engine.pose.methods import ENSEMBLE, METHODS, PUBLISHED, DirectRGB, FromMaps, PoseSettings, make_pose_method
from engine.pose.network import BothHeats, JointDetector, MapReader, Regressor, pictures
from engine.pose.published import Pair, Published
from engine.pose.reading import BATCH
from engine.weights import ARCHITECTURES, Normalisation, WeightsCard, build, save_weights

DEVICE = choose("cpu", precision="float32")
SMALL = {"widths": (8, 8, 8, 8, 8), "depths": (1, 1, 1, 1)}


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def looks() -> list[Look]:
    pyramid = Pyramid(np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8))
    return [Look(pyramid, Window.around(20.0 + 4 * i, 40.0, 60.0 + i)) for i in range(BATCH + 1)]


def detector() -> JointDetector:
    return JointDetector(Hourglass(1, 8).eval(), DEVICE, 64)


def reader() -> MapReader:
    return MapReader(PoseNet(**SMALL).eval(), DEVICE, 64)


def regressor() -> Regressor:
    return Regressor(MapNet((8, 8, 8, 8), (1, 1, 1)).eval(), DEVICE)


def test_eighteen_hypotheses_of_each_person(looks: list[Look]) -> None:
    reading = FromMaps(detector(), reader(), [regressor()]).read_people(looks, keep_maps=True)
    assert reading.pose.shape == (len(looks), 18, 16, 3)
    assert reading.sigma.shape == (len(looks), 18, 16)
    assert (reading.sigma > 0).all()
    assert set(reading.origins) == {Origin(w, c) for w in WIDTHS for c in CROPS}
    assert reading.maps is not None
    assert reading.maps.shape == (len(looks), 18, 6, 16, 16)
    assert reading.pose[:, :, MPII_16.index("thorax")] == pytest.approx(0)


def test_a_person_is_read_alike_alone_and_in_company(looks: list[Look]) -> None:
    method = FromMaps(detector(), reader(), [regressor()])
    together, alone = method.read_people(looks), method.read_people(looks[-1:])
    assert together.pose[-1:] == pytest.approx(alone.pose, abs=1e-2)
    assert together.seen.xy[-1:] == pytest.approx(alone.seen.xy)
    assert together.maps is None


def test_the_single_map_is_one_of_the_eighteen(looks: list[Look]) -> None:
    see, draw, read = detector(), reader(), regressor()
    many = FromMaps(see, draw, [read]).read_people(looks[:2])
    one = FromMaps(see, draw, [read], [SINGLE[0]], [SINGLE[1]]).read_people(looks[:2])
    assert one.origins == (Origin(*SINGLE),)
    assert one.pose[:, 0] == pytest.approx(many.pose[:, many.origins.index(Origin(*SINGLE))], abs=1e-2)


def test_maps_belong_to_their_width_and_crop(looks: list[Look]) -> None:
    class Painted(torch.nn.Module):
        """Width number i is drawn with brightness i / 10; the picture's mean colour is in the last channel."""

        def forward(self, x: torch.Tensor) -> PoseOutput:
            level = torch.arange(1, 7) / 10
            maps = level[None, :, None, None, None].expand(len(x), 6, 6, 16, 16).clone()
            maps[:, :, 5] = torch.sigmoid(x.mean((1, 2, 3)))[:, None, None, None]
            return PoseOutput(x[:, :1], torch.logit(maps), ())

    method = FromMaps(detector(), MapReader(Painted().eval(), DEVICE, 64), [regressor()])
    reading = method.read_people(looks[:1], keep_maps=True)
    assert reading.maps is not None
    for k, origin in enumerate(reading.origins):
        assert origin.width is not None
        assert origin.crop is not None
        assert reading.maps[0, k, 0, 0, 0] == round((WIDTHS.index(origin.width) + 1) / 10 * 255)
        shown = torch.sigmoid(pictures(looks[:1], 64, DEVICE, origin.crop).mean())
        assert reading.maps[0, k, 5, 0, 0] == pytest.approx(float(shown) * 255, abs=1)


def test_several_regressors_read_one_map(looks: list[Look]) -> None:
    reading = FromMaps(detector(), reader(), [regressor(), regressor()], [SINGLE[0]], [SINGLE[1]]).read_people(
        looks[:1], keep_maps=True
    )
    assert reading.origins == (Origin(*SINGLE),) * 2
    assert not np.allclose(reading.pose[:, 0], reading.pose[:, 1])
    assert reading.maps is not None
    assert np.array_equal(reading.maps[:, 0], reading.maps[:, 1])


def test_direct_rgb_has_one_hypothesis_and_no_map(looks: list[Look]) -> None:
    method = DirectRGB(detector(), Regressor(PoseRGB(**SMALL).eval(), DEVICE), 64)
    reading = method.read_people(looks[:3], keep_maps=True)
    assert reading.pose.shape == (3, 1, 16, 3)
    assert reading.origins == (NO_MAP,)
    assert reading.maps is None


def test_nobody_waits_any_more(looks: list[Look]) -> None:
    with pytest.raises(Cancelled):
        FromMaps(detector(), reader(), [regressor()]).read_people(looks, cancelled=lambda: True)


class Bright(torch.nn.Module):
    """Every joint is at the brightest pixel of its colour channel; right joints in red, the others in green."""

    def forward(self, x: torch.Tensor) -> HourglassOutput:
        red, green = torch.nn.functional.max_pool2d(x, 4)[:, :2].unbind(1)
        right = torch.tensor([name.startswith("r_") for name in MPII_16.joints])
        heat = torch.where(right[:, None, None], red[:, None], green[:, None])
        return HourglassOutput(((heat / heat.amax((2, 3), keepdim=True)),))


def test_joints_are_found_in_source_pixels_and_sides_are_not_mixed_up_by_the_mirror() -> None:
    photo = np.zeros((200, 300, 3), np.uint8)
    photo[60:70, 120:130, 0] = 255
    photo[90:100, 80:90, 1] = 255

    # The mirrored picture shows the left side's mark where a right joint is: the network that Bright plays would name
    # it a left one, so colours change with sides.
    class Sided(Bright):
        def forward(self, x: torch.Tensor) -> HourglassOutput:
            upright, mirrored = x.chunk(2)
            swapped = mirrored[:, [1, 0, 2]]
            return super().forward(torch.cat([upright, swapped]))

    seen = JointDetector(Sided(), DEVICE, 128)([Look(Pyramid(photo), Window(40, 20, 128, 128))])
    right = np.array([name.startswith("r_") for name in MPII_16.joints])
    left = np.array([name.startswith("l_") for name in MPII_16.joints])
    assert np.abs(seen.xy[0, right] - (125, 65)).max() < 5
    assert np.abs(seen.xy[0, left] - (85, 95)).max() < 5
    assert seen.confidence[0, right] == pytest.approx(1, abs=0.01)


def test_outside_the_photo_is_grey() -> None:
    pyramid = Pyramid(np.zeros((50, 50, 3), np.uint8))
    x = pictures([Look(pyramid, Window(100, 100, 40, 40))], 32, DEVICE)
    assert x.shape == (1, 3, 32, 32)
    assert x.abs().max() < 0.4, "the grey is near the mean colour"


def test_an_answer_that_is_not_a_number(looks: list[Look]) -> None:
    class Broken(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> RegressorOutput:
            return RegressorOutput(torch.full((len(x), 16, 3), torch.nan), torch.zeros(len(x), 16))

    with pytest.raises(WeightsError, match="not numbers"):
        FromMaps(detector(), reader(), [Regressor(Broken(), DEVICE)]).read_people(looks[:1])


def test_methods_by_name_and_an_ensemble_of_runs(tmp_path: Path, looks: list[Look]) -> None:
    small = [
        ("hourglass", {"stacks": 1, "channels": 8}, tmp_path),
        ("pose_maps", SMALL, tmp_path),
        ("pose_rgb", SMALL, tmp_path),
        *(("pose_regressor", {"widths": (8, 8, 8, 8), "depths": (1, 1, 1)}, folder) for folder in (
            tmp_path, tmp_path / ENSEMBLE / "1", tmp_path / ENSEMBLE / "2",
        )),
        *((name, {"depth": 18, "width": 0.125}, tmp_path / PUBLISHED / width)
          for name in ("skeleton_map", "map_regressor") for width in ("4", "10")),
    ]  # fmt: skip
    for seed, (name, arguments, folder) in enumerate(small):
        torch.manual_seed(seed)
        card = WeightsCard(
            name=name, architecture=ARCHITECTURES[name], arguments=arguments, input="RGB",
            normalisation=Normalisation(mean=MEAN, std=STD), data=(), licence="none", training_command="", commit="",
        )  # fmt: skip
        save_weights(build(name, arguments), folder / f"{name}.safetensors", card)
    sizes = PoseSettings(64, 64, 64)
    count = {name: make_pose_method(name, DEVICE, tmp_path, sizes).read_people(looks[:1]).pose for name in METHODS}
    assert {name: pose.shape[1] for name, pose in count.items()} == {
        "pose": 18, "pose_single": 1, "pose_rgb": 1, "pose_ensemble": 2, "pose_published": 6,
    }  # fmt: skip
    assert not np.allclose(count["pose_ensemble"][:, 0], count["pose_ensemble"][:, 1])
    shutil.rmtree(tmp_path / ENSEMBLE)
    with pytest.raises(WeightsError, match=ENSEMBLE):
        make_pose_method("pose_ensemble", DEVICE, tmp_path)


def test_the_published_line_has_its_own_networks_for_every_width(looks: list[Look]) -> None:
    def pair(width: float) -> Pair:
        return Pair(width, SkeletonMapNet(0.125).eval(), MapRegressor(0.125).eval())

    pairs = [pair(6.0), pair(12.0)]
    reading = Published(detector(), pairs, DEVICE, 64).read_people(looks, keep_maps=True)
    assert reading.origins == tuple(Origin(w, c) for c in CROPS for w in (6.0, 12.0))
    assert reading.pose.shape == (len(looks), 6, 16, 3)
    assert reading.maps is not None
    assert reading.maps.shape == (len(looks), 6, 6, 16, 16)
    one = Published(detector(), pairs[1:], DEVICE, 64, [1.0]).read_people(looks)
    np.testing.assert_allclose(one.pose[:, 0], reading.pose[:, reading.origins.index(Origin(12.0, 1.0))], atol=0.5)
    assert len(set(reading.sigma.ravel())) == 1, "it does not say how sure it is"


def test_unknown_names_and_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="pose_single"):
        make_pose_method("best", "cpu", tmp_path)
    for name in METHODS:
        with pytest.raises(WeightsError, match="missing"):
            make_pose_method(name, "cpu", tmp_path)


def test_the_detector_in_use_averages_two_networks_and_each_is_loaded_once(tmp_path: Path, looks: list[Look]) -> None:
    hourglass, maps = Hourglass(1, 8).eval(), PoseNet(**SMALL).eval()
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        seen = BothHeats(hourglass, maps)(x)
        expected = (hourglass(x).heat[-1] + torch.sigmoid(maps(x).heat)) / 2
    assert torch.allclose(seen, expected, atol=1e-6)
    arguments = {"hourglass": {"stacks": 1, "channels": 8}, "pose_maps": SMALL}
    arguments["pose_regressor"] = {"widths": (8, 8, 8, 8), "depths": (1, 1, 1)}
    for name, given in arguments.items():
        card = WeightsCard(
            name=name, architecture=ARCHITECTURES[name], arguments=given, input="RGB",
            normalisation=Normalisation(mean=MEAN, std=STD), data=(), licence="none", training_command="", commit="",
        )  # fmt: skip
        save_weights(build(name, given), tmp_path / f"{name}.safetensors", card)
    method = make_pose_method("pose", DEVICE, tmp_path, PoseSettings(64, 64, 64))
    assert isinstance(method, FromMaps)
    assert isinstance(method.detect.net, BothHeats)
    assert method.detect.net.maps is method.reader.net
