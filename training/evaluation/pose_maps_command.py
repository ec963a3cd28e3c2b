"""`python -m training evaluate maps`: from the command line to figures on screen and in JSON."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from training.evaluation.arguments import add_choices, add_running, begin, count, positive, screen
from training.evaluation.progress import Progress

if TYPE_CHECKING:
    from training.data.pose_data import PoseData

EPILOG = """\
pose_regressor: true maps of people of motion capture who are not trained on, as recorded, before random cameras that
                look at them; view n is always the same. MPJPE in mm after the thoraxes are aligned. A
                ranking of the 18 maps (6 widths, 3 crops) is told the true 2D joints: "matching" takes the pose that
                projects closest to them; "oracle" the best in 3D; "mean pose" says the mean of 2,000 views of the
                training people whatever it sees.
pose_maps:      its maps against maps drawn from the truth: of made people (motion capture as above, rendered), and of
                people in photos with all joints known, whose depth is lifted from 2D and may be wrong.
                MAE of values in [0, 1], also where sticks are alone; IoU of the pixels of each bone, told by colour.
Data:           motion capture, people in photos, photos or objects (backgrounds of made people), in any order.
JSON:           models.pose_regressor.mpjpe, .interval, .n_mpjpe, .pa_mpjpe, .joints.JOINT, .widths.W, .crops.C,
                .outside.K.mpjpe, .sets.SET.mpjpe, .RANKING.mpjpe, .average, .oracle, .mean_pose;
                models.pose_maps.synthetic.mae, .stick_mae, .cross_entropy, .iou, .bones.BONE, .widths.W.iou; .photos
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate maps`."""
    what = "motion capture, people in photos, backgrounds"
    add_choices(parser, epilog=EPILOG, data=what, model="pose_regressor,pose_maps", sample="views and sample")
    add = parser.add_argument
    add("--views", type=positive, default=500, metavar="N", help="views of motion capture (default: %(default)s)")
    add("--made", type=count, default=100, metavar="N", help="made people (default: %(default)s)")
    add("--limit", type=count, metavar="N", help="at most N people in photos, equally many a set")
    add_running(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown network, missing data, a file that cannot be written.
    """
    from engine.errors import InputError
    from training.evaluation.pose_data import open_evaluation_data
    from training.evaluation.pose_tables import map_tables
    from training.evaluation.report import run_facts, write_json

    begin(args)
    data = open_evaluation_data(args)
    known = {"pose_regressor": _regressor, "pose_maps": _maps}
    if unknown := [name for name in args.model if name not in known]:
        raise InputError(f"There is no {unknown[0]} to measure with maps.", f"Known are {', '.join(known)}.")
    models: dict[str, Any] = {}
    with Progress(args.quiet) as advance:
        for name in args.model:
            models[name] = known[name](args, data, advance)
    if args.json:
        protocol = {key: getattr(args, key) for key in ("seed", "views", "made", "limit")}
        write_json(args.json, {"models": models, "run": run_facts(args, protocol)})
    for table in map_tables(models):
        screen().print(table)
    return 0


def _regressor(args: argparse.Namespace, data: PoseData, advance: Any) -> dict[str, Any]:
    from engine.device import choose
    from engine.errors import InputError
    from engine.pose.network import Regressor
    from engine.weights import load_net
    from training.evaluation.pose_data import mean_of_trained
    from training.evaluation.pose_true_maps import measure_true_maps, scenes_of

    if data.poses is None:
        raise InputError("There is no motion capture to draw true maps from.", "Name it in --data.")
    device = choose(args.device)
    regressor = Regressor(load_net("pose_regressor", device, folder=args.weights), device)
    scenes = scenes_of(data.poses, args.views, args.seed)
    return measure_true_maps(regressor, scenes, mean_of_trained(args), args.seed, advance)


def _maps(args: argparse.Namespace, data: PoseData, advance: Any) -> dict[str, Any]:
    from engine.device import choose
    from engine.pose.methods import PoseSettings
    from engine.pose.network import MapReader
    from engine.weights import load_net
    from training.evaluation.pose_data import made_people, photo_people
    from training.evaluation.pose_seen_maps import measure_seen_maps

    device = choose(args.device)
    reader = MapReader(load_net("pose_maps", device, folder=args.weights), device, PoseSettings().maps)
    figures = {}
    if data.poses is not None and args.made:
        figures["synthetic"] = measure_seen_maps(reader, made_people(args, data), "made people", args.made, advance)
    if data.people:
        figures["photos"] = measure_seen_maps(reader, photo_people(data), "photos", len(data.people), advance)
    return {name: part for name, part in figures.items() if part}
