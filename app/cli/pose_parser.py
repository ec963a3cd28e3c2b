"""The arguments of the verbs about poses."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import (
    add_box,
    add_clicks,
    add_device,
    add_json,
    add_output,
    add_overwrite,
    add_photo,
    make_parser,
)


def pose_parser() -> argparse.ArgumentParser:
    """Of `deepskel pose`."""
    parser = make_parser(
        "deepskel pose",
        "Read the pose of one person in a photo: joints in the picture, and in space in millimetres relative to the "
        "thorax (x right, y down, z away from the camera). The person is shown by clicks or by a box; without, it is "
        "the one whom the whole photo shows. Coordinates are pixels from the upper left of the upright photo.",
    )
    parser.set_defaults(verb="pose")
    add = parser.add_argument
    add_photo(parser)
    add_clicks(parser, "on the person", "not the person")
    add("--mute", action="store_true", help="grey out what is not the clicked person")
    add_box(parser, "the whole person")
    add("--hypotheses", action="store_true", help="write the poses of all hypotheses, not only their figures")
    add("--plot", type=Path, metavar="PICTURE", help="also draw photo and pose: .png, .tif or .webp")
    add_overwrite(parser, "replace files that exist")
    add_device(parser)
    add_output(parser, "file to write: .json")
    add_json(parser)
    return parser


def lift_parser() -> argparse.ArgumentParser:
    """Of `deepskel lift`."""
    parser = make_parser(
        "deepskel lift",
        "Lift the joints of people in a picture to poses in space, without looking at the picture: the likeliest pose "
        "of motion capture that falls on them, in millimetres relative to the thorax.",
        'JOINTS is {"people": [{"joints": {"r_ankle": [x, y], ...}, "visibility": {"r_ankle": 1}}]}, or lists in the\n'
        'order of a layout that the file names, such as "layout": "coco17". Visibility is 0 unknown, 1 hidden,\n'
        "2 visible.\n\n",
    )
    parser.set_defaults(verb="lift")
    add = parser.add_argument
    add("joints", type=Path, metavar="JOINTS", help="the joints: .json")
    add("--hypotheses", action="store_true", help="write the other poses that fall on the same joints, too")
    add_overwrite(parser, "replace OUT when it exists")
    add_output(parser, "file to write: .json")
    add_json(parser)
    return parser
