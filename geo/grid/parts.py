"""The tables that a grid is made of, apart from how they are built or searched."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.grid.answers import Answers, Numbers
from geo.grid.cells import Box
from geo.grid.chains import Chains
from geo.grid.pairs import Pairs
from geo.grid.stars import Stars
from geo.layers import Floats

LAST_BITS = 26
"""No cell is cut to less than ``2**-26`` degrees, 1.6 mm."""

CHILD, CHAIN, STAR, PAIR, SLOW = range(5)
"""What a cell holds that has no single answer."""

LEFT, ON, RIGHT, IS_EITHER = range(12, 16)
"""Where a row of ``chains``, read as 16 numbers of 32 bits, has its answers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a grid is made of.

    Attributes
    ----------
    box
        The first cells.
    cells
        First the cells of the box, row by row, then blocks of ``FAN * FAN`` parts.
        Each is an answer, or if negative ``~(8 * index + kind)`` with the number of a
        block, a chain, a star or a pair.
    chains
        Shape (n, 8): see `chain_rows`.
    stars, pairs, answers
        See there.
    n_slow
        How many cells are left to looking at every polygon.
    """

    box: Box
    cells: Numbers
    chains: Floats
    stars: Stars
    pairs: Pairs
    answers: Answers
    n_slow: int


def chain_rows(chains: Chains) -> Floats:
    """Write each chain into 64 bytes, so that one fetch from memory brings all of it.

    Returns
    -------
    ndarray, shape (n, 8)
        Six numbers for the lines; the last two hold four integers of 32 bits: the
        answers to the left, on it, to the right, and whether either line is enough.
    """
    rows = np.zeros((len(chains.lines), 8))
    rows[:, :6] = chains.lines
    numbers = rows.view(np.int32)
    numbers[:, [LEFT, RIGHT, ON]] = chains.answers
    numbers[:, IS_EITHER] = chains.is_either
    return rows


def arrays_of(parts: Parts) -> dict[str, NDArray[Any]]:
    """List all arrays by name: ``cells``, ``stars.vertex`` ..."""
    found: dict[str, NDArray[Any]] = {}
    for field in fields(parts):
        value = getattr(parts, field.name)
        if isinstance(value, np.ndarray):
            found[field.name] = value
        elif is_dataclass(value) and not isinstance(value, Box):
            for column in fields(value):
                found[f"{field.name}.{column.name}"] = getattr(value, column.name)
    return found


def parts_from(box: Box, arrays: dict[str, NDArray[Any]], n_slow: int) -> Parts:
    """Put the parts together again from what `arrays_of` returned."""
    kinds: dict[str, Any] = {"stars": Stars, "pairs": Pairs, "answers": Answers}
    tables = {
        name: kind(**{f.name: arrays[f"{name}.{f.name}"] for f in fields(kind)})
        for name, kind in kinds.items()
    }
    return Parts(
        box=box, cells=arrays["cells"], chains=arrays["chains"], n_slow=n_slow, **tables
    )
