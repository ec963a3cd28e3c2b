"""`python -m training fit lifting`: from motion capture to the pose dictionary with its card."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from engine.errors import InputError

BANDAI = "CC BY-NC 4.0: not for commercial use"
CMU = "free to use, mocap.cs.cmu.edu to be cited"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `fit lifting`."""
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="motion capture: npz files, or folders of them")
    add("--out", type=Path, required=True, help="file of the dictionary (.safetensors); its card is written beside it")
    add("--atoms", type=int, help="poses of the dictionary (default: the recipe's, 128)")
    add("--sparsity", type=float, help="of the codes that it is learned with (default: the recipe's)")
    add("--rounds", type=int, help="alternations of codes and poses (default: the recipe's)")
    add("--widened", type=int, help="poses with limbs turned further than recorded (default: the recipe's)")
    add("--seed", type=int, default=0, help="(default: %(default)s)")
    add("--quiet", action="store_true", help="no progress")


def run(args: argparse.Namespace) -> int:
    """Learn and write; returns the exit code.

    Raises:
        DeepSkelError: Data that cannot be read, options out of range, a file that cannot be written.
    """
    from training.data.mocap import DEV_SUBJECTS, open_poses
    from training.evaluation.progress import Progress
    from training.lifting.learn_dictionary import DictionaryRecipe, learn_dictionary

    if args.out.suffix != ".safetensors":
        raise InputError(f"The dictionary {args.out} must end in .safetensors.")
    options = ("atoms", "sparsity", "rounds", "widened")
    given = {name: value for name in options if (value := getattr(args, name)) is not None}
    recipe = DictionaryRecipe.model_validate({**given, "seed": args.seed})
    poses = open_poses(args.data).split("train")
    if not len(poses):
        raise InputError(
            "Nobody is left to learn from: all the people given are held out.", "Give more motion capture."
        )
    losses: list[float] = []
    with Progress(args.quiet) as advance:

        def tell(round_: int, loss: float) -> None:
            losses.append(loss)
            advance("coding", round_ + 1, recipe.rounds)

        dictionary = learn_dictionary(poses, recipe, tell)
    sets = sorted(set(poses.set.tolist()))
    card = {
        "name": "pose dictionary of MPII-16 joints",
        "source": "sparse coding as in Zhou et al., TPAMI 2017",
        "recipe": recipe.model_dump(),
        "objective": [round(loss, 6) for loss in losses],
        "data": [{"name": name, "terms": BANDAI if name.startswith("bandai") else CMU} for name in sets],
        "subjects": sorted(set(poses.subject.tolist())),
        "held_out": list(DEV_SUBJECTS),
        "poses": len(poses),
        "licence": "that of the data; with bandai among it, not for commercial use",
        # Folders of one machine say nothing on another; the recipe above holds the options.
        "command": f"python -m training fit lifting --data {' '.join(path.name for path in args.data)} "
        f"--out {args.out.name}",
    }
    replace(dictionary, card=card).save(args.out)
    print(f"{args.out}: {recipe.atoms} poses learned from {len(poses)}; objective {losses[-1]:.5f}")
    return 0
