import numpy as np
import torch

from engine.crop.planes import MEAN, STD, TIGHT, network_input


def planes_of(clicks: list[list[float]], size: int = 32, **more: torch.Tensor) -> torch.Tensor:
    image = torch.full((1, 3, size, size), 0.25)
    return network_input(image, torch.ones(1, 1, size, size), torch.tensor([clicks]), **more)


def test_rgb_is_normalised_and_padding_is_grey():
    valid = torch.ones(1, 1, 8, 8)
    valid[..., 4:] = 0
    x = network_input(torch.full((1, 3, 8, 8), 0.25), valid, torch.zeros(1, 1, 3))
    expected = (0.25 - np.array(MEAN)) / np.array(STD)
    np.testing.assert_allclose(x[0, :3, 0, 0].numpy(), expected, rtol=1e-5)
    assert (x[0, :3, :, 4:] == 0).all()
    assert (x[0, 11] == valid[0, 0]).all()


def test_a_click_peaks_at_its_pixel_centre_and_falls_off_as_stated():
    x = planes_of([[10.5, 20.5, 1.0]])
    tight = x[0, 3]
    assert divmod(int(tight.argmax()), 32) == (20, 10)
    assert tight[20, 10] == 1
    np.testing.assert_allclose(float(tight[20, 13]), np.exp(-(3**2) / (2 * TIGHT**2)), rtol=1e-5)
    assert (x[0, 5:7] == 0).all(), "a positive click leaves the negative planes empty"


def test_negative_clicks_and_padding_rows():
    x = planes_of([[4.5, 4.5, -1.0], [9.5, 9.5, 0.0]])
    assert (x[0, 3:5] == 0).all()
    assert divmod(int(x[0, 5].argmax()), 32) == (4, 4)
    assert float(x[0, 5, 9, 9]) < 0.1


def test_planes_do_not_depend_on_the_size_of_the_crop():
    small, large = planes_of([[10.5, 10.5, 1.0]], 32), planes_of([[10.5, 10.5, 1.0]], 64)
    torch.testing.assert_close(small[..., :32, :32], large[..., :32, :32])


def test_colour_cue_is_one_on_the_clicked_colour_and_small_elsewhere():
    image = torch.zeros(1, 3, 16, 16)
    image[:, 0, :, 8:] = 1.0
    x = network_input(image, torch.ones(1, 1, 16, 16), torch.tensor([[[12.5, 8.5, 1.0]]]))
    assert float(x[0, 7, 8, 14]) == 1
    assert float(x[0, 7, 8, 2]) < 1e-6


def test_box_and_previous_mask():
    previous = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    x = planes_of([[1.5, 1.5, 1.0]], box=torch.tensor([[4.0, 6.0, 10.0, 9.0]]), previous=previous)
    assert (x[0, 9] == previous[0, 0]).all()
    assert int(x[0, 10].sum()) == 6 * 3
    assert (x[0, 10, 6:9, 4:10] == 1).all()
    assert (planes_of([[1.5, 1.5, 1.0]], box=torch.zeros(1, 4))[0, 10] == 0).all()
