"""Build the grid of some layers: cut, describe what is left, number the answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import shapely

from geo.grid.answers import AnswerBook, Numbers
from geo.grid.cells import (
    FAN,
    STEP,
    Box,
    Cells,
    Flags,
    box_of,
    centres,
    children,
    root_cells,
)
from geo.grid.chains import Chains, chains_of, common_vertex, is_chain
from geo.grid.pairs import Pairs, pairs_of
from geo.grid.parts import CHAIN, CHILD, LAST_BITS, PAIR, SLOW, STAR, Parts, chain_rows
from geo.grid.seams import Seams, seams_of
from geo.grid.sets import Sets
from geo.grid.stars import Stars, stars_of
from geo.layers import Floats, Indices, Layer
from geo.orientation import EXACT_SPAN, is_exact

ROOT_BITS = (7, 8, 8)
"""Side of the first cells by the number of layers, as ``2**-bits`` degrees."""
STAR_BITS = 11
"""Stars stay whole in cells this small: few points fall into them."""
PAIR_BITS = 10
"""Two segments that do not meet stay together in cells this small."""
T = TypeVar("T", Chains, Pairs)


MOST_CUT = 500_000
"""More cells of one size than this are not cut: lines too close to tell apart, which
no real file has, would fill the memory."""


@dataclass(frozen=True, slots=True)
class _Size:
    """The cells of one size, sorted by what they hold.

    ``column`` and ``row`` are those of every cell of this size, with or without
    segments; ``first_position`` is where they begin in the table.
    """

    bits: int
    first_position: int
    column: Indices
    row: Indices
    run: Indices
    chains: Cells
    stars: Cells
    pairs: Cells
    slow: Cells
    cut: Cells


def can_build(layers: Sequence[Layer]) -> bool:
    """Say whether exact arithmetic reaches these boundaries; it does for Taiwan's."""
    points = shapely.get_coordinates(np.concatenate([la.shapes for la in layers]))
    return is_exact(points[:, 0], points[:, 1])


def build(layers: Sequence[Layer], parents: Sequence[Indices]) -> Parts:
    """Build the grid that answers for all these layers at once.

    Parameters
    ----------
    layers
        Counties, then if wanted towns, then villages.
    parents
        For each layer the index of each boundary's parent in the one before; unused
        for counties.

    Raises
    ------
    ValueError
        Boundaries for which `can_build` is False, or a segment 8 degrees long.
    """
    seams = seams_of(layers)
    if not can_build(layers) or np.abs(seams.end - seams.start).max() >= EXACT_SPAN:
        raise ValueError("these boundaries lie outside of what a grid computes exactly")
    box = box_of(seams, ROOT_BITS[len(layers) - 1])
    book = AnswerBook()
    built = _Building(seams, layers, Sets(seams.owners, book))
    for size in _sizes(seams, box):
        built.add(size)
    return Parts(
        box=box,
        cells=np.concatenate(built.cells),
        chains=chain_rows(_joined(Chains, built.chains)),
        stars=_joined_stars(built.stars),
        pairs=_joined(Pairs, built.pairs),
        answers=book.worked_out(layers, parents),
        n_slow=built.n_slow,
    )


class _Building:
    """Collects the parts of a grid, size by size."""

    def __init__(self, seams: Seams, layers: Sequence[Layer], sets: Sets) -> None:
        self._seams = seams
        self._layers = layers
        self._sets = sets
        self.cells: list[Numbers] = []
        self.chains: list[Chains] = []
        self.stars: list[Stars] = []
        self.pairs: list[Pairs] = []
        self._n_blocks = self._n_chains = self._n_stars = self._n_pairs = 0
        self.n_slow = 0

    def add(self, size: _Size) -> None:
        """Describe the cells of one size."""
        table = np.empty(size.column.size, dtype=np.int32)
        is_bare = np.full(table.size, True)
        for cells in (size.chains, size.stars, size.pairs, size.slow, size.cut):
            is_bare[cells.position - size.first_position] = False
        self._fill(table, is_bare, size)
        blocks = self._n_blocks + np.arange(len(size.cut))
        self._n_blocks += len(size.cut)
        for cells, codes in (
            (size.cut, _coded(CHILD, blocks)),
            (size.chains, self._chain_codes(size.chains)),
            (size.stars, self._star_codes(size.stars)),
            (size.pairs, self._pair_codes(size.pairs)),
            (size.slow, _coded(SLOW, np.zeros(len(size.slow), dtype=np.intp))),
        ):
            table[cells.position - size.first_position] = codes
        self.n_slow += len(size.slow)
        self.cells.append(table)

    def _fill(self, table: Numbers, is_bare: Flags, size: _Size) -> None:
        """Give every cell without segments the answer of its middle.

        Neighbours in a row without a segment between them have one answer, so that
        of the first in each run is enough.
        """
        bare = np.flatnonzero(is_bare)
        is_new = (np.diff(bare, prepend=-2) > 1) | (
            np.diff(size.run[bare], prepend=-1) != 0
        )
        asked = bare[is_new]
        lng, lat = centres(size.column[asked], size.row[asked], size.bits)
        around = self._sets.numbers(*_covers(self._layers, lng, lat), lng.size)
        table[bare] = self._sets.answers([around], [around])[np.cumsum(is_new) - 1]

    def _around(self, cells: Cells) -> Indices:
        """Find the set of boundaries that cover each whole cell.

        They cover its middle, and none of their own edges passes through it.
        """
        index, owner = _covers(self._layers, *cells.centres())
        of = np.repeat(np.arange(len(cells)), cells.counts)
        n = sum(len(layer) for layer in self._layers)
        edged = np.concatenate(
            [
                self._sets.pairs(of, side[cells.seams], n)
                for side in (self._seams.left, self._seams.right)
            ]
        )
        is_whole = ~np.isin(index * n + owner, edged)
        return self._sets.numbers(index[is_whole], owner[is_whole], len(cells))

    def _chain_codes(self, cells: Cells) -> Numbers:
        vertex, _ = common_vertex(self._seams, cells)
        chains, index = chains_of(
            self._seams, cells, vertex, self._around(cells), self._sets
        )
        codes = _coded(CHAIN, self._n_chains + index)
        self._n_chains += len(chains.answers)
        self.chains.append(chains)
        return codes

    def _star_codes(self, cells: Cells) -> Numbers:
        vertex, _ = common_vertex(self._seams, cells)
        stars, is_clear = stars_of(
            self._seams, cells, vertex, self._around(cells), self._sets
        )
        codes = _coded(STAR, self._n_stars + np.arange(len(cells)))
        self._n_stars += len(cells)
        self.stars.append(stars)
        self.n_slow += int((~is_clear).sum())
        return np.where(is_clear, codes, _coded(SLOW, np.zeros(1, dtype=np.intp)))

    def _pair_codes(self, cells: Cells) -> Numbers:
        pairs, is_clear = pairs_of(self._seams, cells, self._around(cells), self._sets)
        codes = _coded(PAIR, self._n_pairs + np.arange(len(cells)))
        self._n_pairs += len(cells)
        self.pairs.append(pairs)
        self.n_slow += int((~is_clear).sum())
        return np.where(is_clear, codes, _coded(SLOW, np.zeros(1, dtype=np.intp)))


def _sizes(seams: Seams, box: Box) -> Iterator[_Size]:
    """Cut cells until nothing is left to cut, from the largest on."""
    position = np.arange(box.width * box.height)
    row, column = np.divmod(position, box.width)
    run, first_position = row, 0
    row, column = row + box.south, column + box.west
    cells = root_cells(seams, box)
    while column.size:
        size = _sorted_out(seams, cells, (first_position, column, row, run))
        yield size
        first_position += column.size
        cells = children(seams, size.cut, first_position)
        part = np.arange(FAN * FAN)
        column = (size.cut.column[:, None] * FAN + part % FAN).ravel()
        row = (size.cut.row[:, None] * FAN + part // FAN).ravel()
        run = np.arange(column.size) // FAN


def _sorted_out(
    seams: Seams, cells: Cells, every: tuple[int, Indices, Indices, Indices]
) -> _Size:
    vertex, is_shared = common_vertex(seams, cells)
    holds_chain = is_chain(seams, cells, np.where(is_shared, vertex, -1))
    holds_star = is_shared & ~holds_chain & (cells.bits >= STAR_BITS)
    holds_pair = (cells.counts == 2) & ~holds_chain & ~is_shared
    holds_pair &= cells.bits >= PAIR_BITS
    rest = ~holds_chain & ~holds_star & ~holds_pair
    is_last = cells.bits + STEP > LAST_BITS or rest.sum() > MOST_CUT
    none = np.full(len(cells), False)
    return _Size(
        cells.bits,
        *every,
        chains=cells.only(holds_chain),
        stars=cells.only(holds_star),
        pairs=cells.only(holds_pair),
        slow=cells.only(rest if is_last else none),
        cut=cells.only(none if is_last else rest),
    )


def _covers(
    layers: Sequence[Layer], lng: Floats, lat: Floats
) -> tuple[Indices, Indices]:
    """Pair points with all boundaries that cover them, numbered through."""
    pairs, first = [], 0
    for layer in layers:
        found = layer.cover(lng=lng, lat=lat)
        pairs.append((found[0], found[1] + first))
        first += len(layer)
    index, owner = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return index, owner


def _coded(kind: int, index: Indices) -> Numbers:
    return np.asarray(~(8 * index + kind), dtype=np.int32)


def _joined(kind: type[T], several: list[T]) -> T:
    columns = {
        field.name: np.concatenate([getattr(one, field.name) for one in several])
        for field in fields(kind)
    }
    return kind(**columns)


def _joined_stars(several: list[Stars]) -> Stars:
    rays = np.cumsum([0] + [len(stars.rays) for stars in several])
    firsts = [stars.first[:-1] + n for stars, n in zip(several, rays, strict=False)]
    first = np.append(np.concatenate(firsts), rays[-1]).astype(np.int32)
    columns = {
        field.name: np.concatenate([getattr(one, field.name) for one in several])
        for field in fields(Stars)
        if field.name != "first"
    }
    return Stars(first=first, **columns)
