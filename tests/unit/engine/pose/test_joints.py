import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.joints import COCO_17, H36M_16, H36M_17, LAYOUTS, LSP_14, MPII_16, convert, other_side


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=str)
def test_mirroring_twice_changes_nothing_and_sides_are_exchanged(layout):
    mirrored = layout.mirrored
    assert (mirrored[mirrored] == np.arange(len(layout.joints))).all()
    for joint, other in zip(layout.joints, mirrored, strict=True):
        assert layout.joints[other] == other_side(joint)


@pytest.mark.parametrize("layout", [MPII_16, LSP_14, H36M_17, H36M_16], ids=lambda layout: layout.name)
def test_bones_are_a_tree_in_which_parents_come_first(layout):
    assert len(layout.bones) == len(layout.joints) - 1
    reached = {layout.index(layout.root)}
    for bone in layout.outward:
        parent, child = layout.ends[bone]
        assert parent in reached
        assert child not in reached
        reached.add(int(child))
    assert reached == set(range(len(layout.joints)))
    assert layout.parents[layout.index(layout.root)] == layout.index(layout.root)


def test_mpii_order_and_flip_pairs_are_the_published_ones():
    pairs = {tuple(sorted((i, int(j)))) for i, j in enumerate(MPII_16.mirrored) if i != j}
    assert pairs == {(0, 5), (1, 4), (2, 3), (10, 15), (11, 14), (12, 13)}
    assert MPII_16.joints[6:10] == ("pelvis", "thorax", "upper_neck", "head_top")


def test_lsp_becomes_mpii_with_middles_as_visible_as_their_worse_end():
    points = np.arange(28, dtype=float).reshape(14, 2)
    visibility = np.full(14, 2)
    visibility[LSP_14.index("l_hip")] = 1
    visibility[LSP_14.index("r_shoulder")] = 0
    xy, seen = convert(points, visibility, LSP_14, MPII_16)
    hips = (points[LSP_14.index("l_hip")] + points[LSP_14.index("r_hip")]) / 2
    assert (xy[MPII_16.index("pelvis")] == hips).all()
    assert seen[MPII_16.index("pelvis")] == 1
    assert np.isnan(xy[MPII_16.index("thorax")]).all()
    assert seen[MPII_16.index("thorax")] == 0
    assert (xy[MPII_16.index("head_top")] == points[13]).all()


def test_human36m_16_holds_mpii_in_another_order_and_comes_back():
    points, visibility = np.random.default_rng(0).normal(size=(5, 16, 3)), np.full((5, 16), 2)
    there, seen = convert(points, visibility, MPII_16, H36M_16)
    back, seen = convert(there, seen, H36M_16, MPII_16)
    assert (back == points).all()
    assert (seen == 2).all()


def test_coco_lacks_the_head_and_says_so():
    _, seen = convert(np.ones((17, 2)), np.full(17, 2), COCO_17, MPII_16)
    assert seen[MPII_16.index("head_top")] == 0
    assert seen[MPII_16.index("upper_neck")] == 0
    assert seen[MPII_16.index("thorax")] == 2


def test_wrong_number_of_joints_and_unknown_names_are_refused():
    with pytest.raises(InputError, match="14 joints"):
        convert(np.ones((16, 2)), np.ones(16), LSP_14, MPII_16)
    with pytest.raises(InputError, match="tail"):
        MPII_16.index("tail")
