import pytest
import torch

from engine.pose.heatmaps import decode


def test_the_peak_moves_a_quarter_towards_its_higher_neighbour():
    heat = torch.zeros(1, 2, 8, 10)
    heat[0, 0, 3, 4], heat[0, 0, 3, 5], heat[0, 0, 2, 4] = 0.9, 0.5, 0.2
    heat[0, 1, 0, 9] = 0.4  # at the edge there is no neighbour to lean to
    xy, confidence = decode(heat)
    assert xy[0].tolist() == [[4.75, 3.25], [9.5, 0.5]]
    assert confidence[0].tolist() == pytest.approx([0.9, 0.4])


def test_a_gaussian_between_pixels_is_found_within_half_a_pixel():
    true = torch.tensor([6.7, 11.2])
    centre = torch.arange(20) + 0.5
    heat = torch.exp(-((centre - true[0]) ** 2) / 2)[None, :] * torch.exp(-((centre - true[1]) ** 2) / 2)[:, None]
    xy, _ = decode(heat[None, None])
    assert (xy[0, 0] - true).abs().max() < 0.5
