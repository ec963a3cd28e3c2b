"""One module a network; the registry of what `fit` can train."""

from __future__ import annotations

from training.recipes.base import Recipe
from training.recipes.deepcrop import DeepCropRecipe
from training.recipes.deepcrop_v1 import DeepCropV1Recipe
from training.recipes.deepcrop_v2 import DeepCropV2Recipe
from training.recipes.deepmask import DeepMaskRecipe
from training.recipes.sharpmask import SharpMaskRecipe

RECIPES: dict[str, type[Recipe]] = {
    "deepcrop": DeepCropRecipe,
    "deepcrop_v1": DeepCropV1Recipe,
    "deepcrop_v2": DeepCropV2Recipe,
    "deepmask": DeepMaskRecipe,
    "sharpmask": SharpMaskRecipe,
}
