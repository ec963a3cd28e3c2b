"""One module a network; the registry of what `fit` can train."""

from __future__ import annotations

from training.recipes.base import Recipe
from training.recipes.deepcrop import DeepCropRecipe
from training.recipes.deepcrop_v1 import DeepCropV1Recipe
from training.recipes.deepcrop_v2 import DeepCropV2Recipe
from training.recipes.deepmask import DeepMaskRecipe
from training.recipes.fsds import FSDSRecipe
from training.recipes.hed import HEDRecipe
from training.recipes.lmsds import LMSDSRecipe
from training.recipes.sharpmask import SharpMaskRecipe
from training.recipes.skeleton import SkeletonRecipe

RECIPES: dict[str, type[Recipe]] = {
    "deepcrop": DeepCropRecipe,
    "deepcrop_v1": DeepCropV1Recipe,
    "deepcrop_v2": DeepCropV2Recipe,
    "deepmask": DeepMaskRecipe,
    "fsds": FSDSRecipe,
    "hed": HEDRecipe,
    "lmsds": LMSDSRecipe,
    "sharpmask": SharpMaskRecipe,
    "skeleton": SkeletonRecipe,
}
