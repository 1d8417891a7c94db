"""The nearest line beyond which another boundary begins, for any number of points.

``lines`` names what lies on both sides of each line; ``trees`` and ``levels`` find
what a cell may need, ``pruning`` and ``building`` make ``cells`` of it, ``table`` lays
them out; ``search`` is the search itself, plain or compiled, ``running`` runs it over
columns, and ``nearest`` is what others ask.
"""

from geo.borders.nearest import WORTH_CELLS, Border, BorderLines, Leg, legs_along

__all__ = ["WORTH_CELLS", "Border", "BorderLines", "Leg", "legs_along"]
