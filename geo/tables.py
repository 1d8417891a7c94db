"""What is built once from layers so that points are answered quickly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.borders import BorderLines
from geo.borders.cells import BorderCells
from geo.grid import Grid, build, can_build
from geo.layers import Indices, Layer, Level


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Tables of some boundaries; with none, polygons and lines are looked at.

    Attributes
    ----------
    grids
        By finest level: the grid of each level answers for that level and those above.
    border_cells
        Of the counties.
    """

    grids: Mapping[Level, Grid] = field(default_factory=dict)
    border_cells: BorderCells | None = None


def build_tables(layers: Mapping[Level, Layer], parents: Sequence[Indices]) -> Tables:
    """Build all tables of some layers, which takes seconds.

    Parameters
    ----------
    layers
        Counties first, each level within the one before.
    parents
        For each level the index of each boundary's parent.

    Returns
    -------
    Tables
        Without grids for boundaries outside of what a grid can compute exactly.
    """
    coarser: list[Layer] = []
    grids = {}
    for level, layer in layers.items():
        coarser.append(layer)
        if can_build(coarser):
            grids[level] = Grid(build(coarser, parents))
    return Tables(grids, BorderLines(layers[Level.COUNTY]).cells)
