"""deepskel lift: joints of people in a picture to poses in space."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from app.cli.common import note
from engine.imaging.save import writing
from engine.pose.export import check_ending, lifted_records
from engine.pose.files.joints2d_json import Joints2DFile, people_of
from engine.pose.files.pose_json import PersonRecord, PoseFile
from engine.pose.lifting.lift import lift as lift_joints


def lift(arguments: argparse.Namespace) -> int:
    """Read, lift, write, and tell.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    check_ending(arguments.output)
    file = Joints2DFile.read(arguments.joints)
    people = people_of(file, arguments.joints.name)
    start = time.perf_counter()
    lifted = lift_joints([person.xy for person in people], [person.visibility for person in people])
    seconds = time.perf_counter() - start
    records = lifted_records(lifted, people, all_poses=arguments.hypotheses)
    missing = [p.person or str(n) for n, p in enumerate(people) if not lifted.found[n]]
    for name in missing:
        note(f"Person {name} has too few joints to be lifted, or all of them on one point.")
    content = PoseFile(photo=file.photo, width=file.width, height=file.height, people=records).to_bytes()
    with writing(arguments.output, source=arguments.joints, overwrite=arguments.overwrite) as stream:
        stream.write(content)
    if arguments.json:
        print(json.dumps(_told(records, missing, seconds, arguments), indent=2))
    return 0


def _told(
    records: list[PersonRecord], missing: list[str], seconds: float, arguments: argparse.Namespace
) -> dict[str, Any]:
    return {
        "joints": str(arguments.joints),
        "output": str(arguments.output),
        "people": len(records),
        "not_lifted": missing,
        "reprojection_error": [round(record.hypotheses[0].reprojection_error, 3) for record in records],
        "seconds": seconds,
    }
