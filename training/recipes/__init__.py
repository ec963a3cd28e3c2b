"""One module a network; the registry of what `fit` can train."""

from __future__ import annotations

from training.recipes.base import Recipe
from training.recipes.deepcrop import DeepCropRecipe
from training.recipes.deepcrop_v1 import DeepCropV1Recipe
from training.recipes.deepcrop_v2 import DeepCropV2Recipe
from training.recipes.deepmask import DeepMaskRecipe
from training.recipes.direct_pose import DirectPoseRecipe
from training.recipes.fsds import FSDSRecipe
from training.recipes.hed import HEDRecipe
from training.recipes.hourglass import HourglassRecipe
from training.recipes.lmsds import LMSDSRecipe
from training.recipes.map_regressor import MapRegressorRecipe
from training.recipes.pose_maps import PoseMapsRecipe
from training.recipes.pose_regressor import PoseRegressorRecipe
from training.recipes.pose_rgb import PoseRGBRecipe
from training.recipes.sharpmask import SharpMaskRecipe
from training.recipes.skeleton import SkeletonRecipe
from training.recipes.skeleton_map import SkeletonMapRecipe

RECIPES: dict[str, type[Recipe]] = {
    "deepcrop": DeepCropRecipe,
    "deepcrop_v1": DeepCropV1Recipe,
    "deepcrop_v2": DeepCropV2Recipe,
    "deepmask": DeepMaskRecipe,
    "direct_pose": DirectPoseRecipe,
    "fsds": FSDSRecipe,
    "hed": HEDRecipe,
    "hourglass": HourglassRecipe,
    "lmsds": LMSDSRecipe,
    "map_regressor": MapRegressorRecipe,
    "pose_maps": PoseMapsRecipe,
    "pose_regressor": PoseRegressorRecipe,
    "pose_rgb": PoseRGBRecipe,
    "sharpmask": SharpMaskRecipe,
    "skeleton": SkeletonRecipe,
    "skeleton_map": SkeletonMapRecipe,
}
