"""People made of tubes and ellipsoids, dressed, lit and put into photos: pictures whose 3D pose is known."""

from training.data.synthetic_people.cutouts import CutOuts
from training.data.synthetic_people.people import RenderedPerson, SyntheticPeople

__all__ = ["CutOuts", "RenderedPerson", "SyntheticPeople"]
