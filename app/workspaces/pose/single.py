"""A photo that was opened by itself, as a set of one person."""

from __future__ import annotations

import numpy as np

from app.document.annotation_set import AnnotationSet
from app.document.document import Document
from app.worker import Worker
from engine.pose.project.person import COUNT, Person, PoseState
from engine.pose.project.project import Project


def single_set(document: Document, keeper: Worker) -> AnnotationSet:
    """The person whom the photo shows, of whom nothing is known yet; kept in memory until it is exported."""
    width, height = document.size
    name = document.path.name if document.path else document.name
    nothing = PoseState(np.full((COUNT, 2), np.nan), np.zeros(COUNT, np.intp))
    person = Person(name, name, nothing, (width, height), (0.0, 0.0, float(width), float(height)))
    return AnnotationSet(Project([person]), keeper, single=True)
