import pytest
import torch
from torch import nn

from engine.errors import InputError
from training.start import start_from


class Net(nn.Module):
    def __init__(self, planes: int, head: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(planes, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Conv2d(4, head, 1)


def test_what_fits_is_taken_and_the_rest_left():
    source, net = Net(5, 2), Net(3, 7)
    with torch.no_grad():
        source.norm.running_mean.fill_(3.0)
    untouched = net.head.weight.clone()
    count = start_from(net, source.state_dict())
    assert torch.equal(net.stem.weight, source.stem.weight[:, :3]), "the leading planes are the colours"
    assert torch.equal(net.stem.bias, source.stem.bias)
    assert net.norm.running_mean.tolist() == [3.0] * 4
    assert torch.equal(net.head.weight, untouched)
    assert count == 2 + 5  # stem; weight, bias, mean, variance and counter of the normalisation


def test_of_further_outputs_the_first_are_taken():
    source, net = Net(3, 7), Net(3, 2)
    start_from(net, source.state_dict())
    assert torch.equal(net.head.weight, source.head.weight[:2])
    assert torch.equal(net.head.bias, source.head.bias[:2])


def test_the_same_network_is_copied_whole():
    source, net = Net(3, 2), Net(3, 2)
    assert start_from(net, source.state_dict()) == len(source.state_dict())
    for name, value in source.state_dict().items():
        assert torch.equal(net.state_dict()[name], value), name


def test_a_network_with_nothing_in_common_is_refused():
    with pytest.raises(InputError, match="shares nothing"):
        start_from(Net(3, 2), {"other.weight": torch.zeros(3)})
    with pytest.raises(InputError, match="shares nothing"):
        start_from(Net(3, 2), {"norm.num_batches_tracked": torch.tensor(5)})


def test_fewer_input_planes_do_not_fit():
    net = Net(5, 2)
    before = net.stem.weight.clone()
    start_from(net, Net(3, 2).state_dict())
    assert torch.equal(net.stem.weight, before)
