"""`python -m training evaluate pose`: from the command line to the paper's tables on screen and in JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.evaluation.arguments import add_choices, add_running, begin, count, screen
from training.evaluation.progress import Progress

EPILOG = """\
Methods:  pose (18 skeleton maps), pose_rgb (picture to pose), pose_ensemble (several regressors on one map; their
          weights in folders inside pose_ensemble beside the other weights), pose_published (the paper's networks, in
          pose_published/WIDTH). People are read as a session reads them, in the window around their true joints.
Rows:     pose_rgb; pose_single, one map; pose_matching, the hypothesis whose projection is closest to the 2D detector's
          joints (the paper's choice); pose_likelihood, the likeliest; pose_consensus, what all say together;
          pose_fusion, that moved towards the detector's joints; pose, the one that the session believes; pose_oracle,
          the closest to the truth; true_map and true_map_matching, the same regressor on maps drawn from the truth;
          mean_pose says the mean of the training people's motion capture whatever it sees.
Made:     rendered people, motion capture of people who are not trained on: the 3D truth is known. MPJPE in mm, thorax
          as root. "Given the true depth" keeps what the pose says across the view and takes its depth from the truth;
          "given the true 2D" the other way round.
Photos:   only 2D is known: PCK of the poses seen by their fitted cameras. Errors in mm there are against poses lifted
          from the true 2D joints, which are a guess: they show agreement, not accuracy.
JSON:     models.ROW.synthetic.mpjpe, .interval, .mpjpe_pelvis, .n_mpjpe, .pa_mpjpe, .true_depth, .true_2d,
          .joints.JOINT, .pck.mean; models.ROW.photos.pck.COLUMN, .pckh.COLUMN, .sets.SET, .pseudo.pa_mpjpe;
          models.pose.PART.grid.WxC; models.detector.PART.pck.COLUMN
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate pose`."""
    what = "motion capture, people in photos, backgrounds"
    add_choices(parser, epilog=EPILOG, data=what, model="pose,pose_rgb", sample="sample, made people and intervals")
    add = parser.add_argument
    add("--made", type=count, default=200, metavar="N", help="made people, 0 for none (default: %(default)s)")
    add("--limit", type=count, metavar="N", help="at most N people in photos, equally many a set; 0 for none")
    add("--plots", type=Path, metavar="DIR", help="write pose-errors.png and pose-joints.png")
    add_running(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown method, missing weights or data, a file that cannot be written.
    """
    from engine.device import choose
    from engine.errors import InputError
    from engine.pose.methods import make_pose_method
    from engine.pose.network import Regressor
    from engine.weights import load_net
    from training.evaluation.pose import read_people
    from training.evaluation.pose_data import made_people, mean_of_trained, open_evaluation_data, photo_people
    from training.evaluation.pose_summary import summarise_made, summarise_photos
    from training.evaluation.pose_tables import pose_tables
    from training.evaluation.report import run_facts, write_json

    begin(args)
    methods = {name: make_pose_method(name, args.device, args.weights) for name in args.model}
    device = choose(args.device)
    regressor = (
        Regressor(load_net("pose_regressor", device, folder=args.weights), device) if "pose" in methods else None
    )
    data = open_evaluation_data(args)
    models: dict[str, dict[str, Any]] = {}
    made = photos = None
    with Progress(args.quiet) as advance:
        if data.poses is not None and args.made:
            made = read_people(methods, regressor, made_people(args, data), "made people", args.made, advance)
            for name, figures in summarise_made(made, mean_of_trained(args), args.seed).items():
                models.setdefault(name, {})["synthetic"] = figures
        if data.people:
            photos = read_people(methods, regressor, photo_people(data), "photos", len(data.people), advance)
            for name, figures in summarise_photos(photos, args.seed).items():
                models.setdefault(name, {})["photos"] = figures
    if not models:
        raise InputError("There is nobody to measure.", "Name motion capture or people in photos in --data.")
    if args.json:
        protocol = {key: getattr(args, key) for key in ("seed", "made", "limit")}
        write_json(args.json, {"models": models, "run": run_facts(args, protocol)})
    for table in pose_tables(models):
        screen().print(table)
    if args.plots:
        from training.evaluation.pose_plots import draw_poses

        screen().print("Plots:", *draw_poses(made, photos, models, args.plots))
    return 0
