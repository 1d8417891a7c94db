"""Questions to the reads archive that are put together from what it answers.

::

    fuzzy(archive, plate)             reads that may be of a plate, misread
    by_near(archive, near)            the same for readings chosen otherwise
    wildcard(archive, pattern)        plates with unknown characters
    in_area(archive, polygon)         reads made in an area
    common(archive, scenes)           plates seen at several scenes
    convoy(archive, plate)            plates that drive along with one
"""

from routing.questions.areas import in_area
from routing.questions.convoys import Company, Convoy, convoy
from routing.questions.plates import Found, Likely, Matches, by_near, fuzzy, wildcard
from routing.questions.scenes import Common, Scene, common

__all__ = [
    "Common", "Company", "Convoy", "Found", "Likely", "Matches", "Scene",
    "by_near", "common", "convoy", "fuzzy", "in_area", "wildcard",
]  # fmt: skip
