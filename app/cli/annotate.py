"""deepskel annotate: projects of people whose poses are fixed by hand, without the window."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

from app.cli.annotate_parser import FINDINGS
from app.cli.common import note, printable
from engine.errors import OutputError
from engine.imaging.save import writing
from engine.pose.project.check import CheckSettings, Finding, check
from engine.pose.project.person import Person
from engine.pose.project.project import Project


def annotate(arguments: argparse.Namespace) -> int:
    """Do what `arguments.act` says.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    match arguments.act:
        case "init":
            from app.cli.annotate_init import init

            return init(arguments)
        case "export":
            return export(arguments)
        case _:
            return look_over(arguments)


def export(arguments: argparse.Namespace) -> int:
    """`annotate export`."""
    from engine.pose.project.exports import EXPORTS, export_people

    kind = arguments.format
    if kind is None:
        ending = arguments.output.suffix.lower()
        kind = next((each.name for each in EXPORTS.values() if each.ending == ending), None)
        if kind is None:
            known = ", ".join(dict.fromkeys(each.ending for each in EXPORTS.values()))
            raise OutputError(f"The ending of “{arguments.output.name}” says no known format.", f"Use one of {known}.")
    project = open_project(arguments.project)
    done = export_people(
        chosen(project, arguments), arguments.output, kind, project=project, overwrite=arguments.overwrite
    )
    if not done.people:
        note(f"Nobody was written to {done.path.name}: there is nobody to choose from (--only, --person).")
    if done.left_out:
        note(f"{counted(done.left_out)} left out: the format has nothing of them.")
    if arguments.json:
        told = {"project": str(arguments.project), "output": str(done.path), "format": kind}
        print(json.dumps({**told, "people": done.people, "left_out": done.left_out}, indent=2))
    return 0


def look_over(arguments: argparse.Namespace) -> int:
    """`annotate check`: 0 when nothing is found."""
    asked = {name: getattr(arguments, name) for name in ("reprojection", "asymmetry", "limit")}
    settings = replace(CheckSettings(), **{name: value for name, value in asked.items() if value is not None})
    project = open_project(arguments.project)
    people = chosen(project, arguments)
    # The mean body is that of all of them, whoever is asked about.
    asked_about = {person.person for person in people}
    found = [finding for finding in check(project.people, settings) if finding.person in asked_about]
    if arguments.json is not None:
        _write_json(found, len(people), settings, arguments)
    if str(arguments.json) != "-":
        _print_table(found, len(people), arguments.most)
    return FINDINGS if found else 0


def open_project(path: Path) -> Project:
    """A project as it is with its journal; told when something had to be recovered."""
    project = Project.open(path)
    if project.recovered:
        note(f"{counted(project.recovered)} taken from the journal beside {path.name}.")
    return project


def counted(people: int) -> str:
    """“1 person is”, “2 people are”."""
    return f"{people} {'person is' if people == 1 else 'people are'}"


def chosen(project: Project, arguments: argparse.Namespace) -> list[Person]:
    """The people of --only and --person.

    Raises:
        InputError: There is no such person.
    """
    people = project.people
    if (name := getattr(arguments, "person", None)) is not None:
        people = [people[project.find(name)]]
    if arguments.only != "all":
        people = [person for person in people if getattr(person, arguments.only)]
    return list(people)


def _write_json(found: list[Finding], people: int, settings: CheckSettings, arguments: argparse.Namespace) -> None:
    content = {
        "project": str(arguments.project),
        "people": people,
        "people_with_findings": len({finding.person for finding in found}),
        "settings": asdict(settings),
        "findings": [asdict(finding) for finding in found],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if str(arguments.json) == "-":
        sys.stdout.write(text)
        return
    with writing(arguments.json, source=arguments.project, overwrite=arguments.overwrite) as stream:
        stream.write(text.encode("utf-8", "replace"))


def _print_table(found: list[Finding], people: int, most: int) -> None:
    width = min(max((len(finding.person) for finding in found[:most]), default=0), 40)
    for finding in found[:most]:
        print(f"{printable(finding.person):{width}}  {finding.what:12}  {finding.text}")
    if len(found) > most:
        print(f"… and {len(found) - most} more (--most, --json)")
    if not found:
        print(f"Nothing was found with {people} people.")
        return
    counts = Counter(finding.what for finding in found)
    affected = {kind: len({f.person for f in found if f.what == kind}) for kind in counts}
    print(f"\n{len({finding.person for finding in found})} of {people} people have findings:")
    for kind, count in sorted(affected.items(), key=lambda each: -each[1]):
        print(f"  {kind:12} {count:6}")
