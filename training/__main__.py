"""`python -m training`: fit | evaluate | export."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from engine.errors import DeepSkelError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # Threads that spin while waiting starve beside other programs (and beside the sample workers). Read as torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Imported here: the help of one command must not load what only another needs.
    from training import export_command, fit_command
    from training.evaluation import (
        crop_command,
        lifting_command,
        pose_command,
        pose_joints_command,
        pose_maps_command,
        skeleton_command,
    )
    from training.lifting import command as dictionary_command

    parser = argparse.ArgumentParser(prog="python -m training", description="Train and measure DeepSkel's networks.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    fit = verbs.add_parser("fit", help="train a network").add_subparsers(dest="task", required=True)
    for task, about in fit_command.TASKS.items():
        fit_task = fit.add_parser(task, help=about.what, epilog=fit_command.EPILOG)
        fit_task.formatter_class = argparse.RawDescriptionHelpFormatter
        fit_command.add_arguments(fit_task, task)
        fit_task.set_defaults(run=fit_command.run)
    fit_lifting = fit.add_parser("lifting", help="the pose dictionary that 2D joints are lifted with")
    dictionary_command.add_arguments(fit_lifting)
    fit_lifting.set_defaults(run=dictionary_command.run)
    evaluate = verbs.add_parser("evaluate", help="measure networks and baselines").add_subparsers(
        dest="task", required=True
    )
    for task, what, command in (
        ("crop", "click-directed segmentation", crop_command),
        ("skeleton", "skeletons with their inscribed circles", skeleton_command),
        ("joints", "2D joints of people", pose_joints_command),
        ("maps", "skeleton maps, and what is read from true ones", pose_maps_command),
        ("lifting", "pseudo-3D poses lifted from 2D joints", lifting_command),
        ("pose", "3D poses of people, the whole chain", pose_command),
    ):
        evaluate_task = evaluate.add_parser(task, help=what)
        command.add_arguments(evaluate_task)
        evaluate_task.set_defaults(run=command.run)
    export = verbs.add_parser("export", help="turn a checkpoint into shipped weights with their card")
    export_command.add_arguments(export)
    export.set_defaults(run=export_command.run)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except DeepSkelError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
