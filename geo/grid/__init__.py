"""The cell grid that makes locating fast and keeps it exact.

``seams`` lists the segments, ``cells`` cuts the plane, ``chains``, ``stars`` and
``pairs`` describe what passes through a cell, ``answers`` what it means; ``building``
puts them together as ``parts``; ``search`` looks points up, ``one`` a single point,
``kernels`` the same compiled.
"""

from geo.grid.answers import NOTHING, Answers
from geo.grid.building import build, can_build
from geo.grid.parts import Parts, arrays_of, parts_from
from geo.grid.search import UNDECIDED, Grid

__all__ = [
    "NOTHING",
    "UNDECIDED",
    "Answers",
    "Grid",
    "Parts",
    "arrays_of",
    "build",
    "can_build",
    "parts_from",
]
