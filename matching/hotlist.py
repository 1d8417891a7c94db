"""The hot list by the million: it changes while reads are matched against it.

A change adds rows and marks those that it takes the place of with its clock; whoever
matches sees the rows of one clock, all of a change or nothing of it. The index only
grows; it is made anew, beside the one that is read, when it is full or half of it is of
rows that are over. What holds of an entry follows from its versions alone, in whatever
order they came.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan

import numpy as np

from data.plate_codes import encode, lengths
from matching.confusions import DEFAULT, Confusions
from matching.hot_tables import (
    NEVER,
    Filters,
    Hot,
    Index,
    Rows,
    empty_index,
    empty_masks,
    empty_prefixes,
    empty_rows,
    microseconds,
    numbers,
    shorter_by_one,
)
from matching.hotview import BORN, CODE, COLOUR, DIED, OWN, TYPE, HotView
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.misreads import unknown_kinds
from matching.model import Model
from matching.plates import ANY, plain_pattern
from matching.tables import (
    PLACES,
    Floats,
    Integers,
    numbers_of,
    packed,
    tables_of,
)
from matching.wanted import Wanted, completions, holds_over


@dataclass(slots=True)
class _Growing:
    """An index with how many items it has."""

    index: Index
    n: int = 0


class LiveHotList:
    """The wanted vehicles; change them, and take the list as it is now.

    Safe under threads: writers wait for each other, readers for nobody.

    Parameters
    ----------
    confusions
        Tables by number, as `HotReads.tables` names them; the first one by default.
    """

    def __init__(
        self,
        model: Model,
        wanted: Iterable[Wanted] = (),
        *,
        confusions: Sequence[Confusions] = (DEFAULT,),
    ) -> None:
        self._model = model
        self._confusions = tuple(confusions)
        self._tables = tables_of(self._confusions)
        self._turn = threading.Lock()
        self._latest: dict[str, Wanted] = {}
        self._row_of: dict[str, int] = {}
        self._wanted: list[Wanted] = []
        self._clock = 0
        self._most = 0.0
        self._n_over = 0
        self._rows = empty_rows(0)
        self._start_index(0)
        self._show()
        self.apply(wanted)

    @property
    def now(self) -> HotView:
        """The list as it is; it stays so, whatever changes later."""
        return self._view

    def __len__(self) -> int:
        return len(self._row_of)

    def apply(self, versions: Iterable[Wanted]) -> int:
        """Take in versions of entries; return how many changed what is wanted.

        All of them hold from the next match on, or, on a fault, none. A version that
        is older than what is known changes nothing, and so does one that is known.

        Raises
        ------
        PlateRefused
            A plate that is none, or stands for too many; nothing is changed then.
        """
        with self._turn:
            changed: dict[str, Wanted] = {}
            for one in versions:
                known = changed.get(one.id) or self._latest.get(one.id)
                if known is None or holds_over(one, known):
                    changed[one.id] = one
            if changed:
                self._take(list(changed.values()))
            return len(changed)

    def close_expired(self, before: datetime) -> int:
        """Stop wanting what expired before a time and was not renewed; return how many.

        Until then it is matched, and gives advice. An old version that comes later
        brings it back no more; a newer one does.
        """
        with self._turn:
            over = [
                entry_id
                for entry_id in self._row_of
                if self._latest[entry_id].expires_at < before
            ]
            self._clock += 1
            self._end(over)
            self._show()
            return len(over)

    def _take(self, changed: list[Wanted]) -> None:
        opened = _made_plain([one for one in changed if one.is_open])
        codes, whose = _codes_of(opened)
        if self._is_full(codes.size) or 2 * self._n_over > len(self._wanted):
            self._start_anew(codes.size)
        first = len(self._wanted)
        rows = np.arange(first, first + len(opened))
        self._make_room(first + len(opened))
        self._write(opened, first)
        self._add(codes, rows[whose])
        self._clock += 1
        self._end([one.id for one in changed])
        self._rows.columns[rows, BORN] = self._clock
        self._row_of.update((one.id, first + at) for at, one in enumerate(opened))
        self._latest.update((one.id, one) for one in changed)
        self._show()

    def _is_full(self, n: int) -> bool:
        growing = ((self._plates, n), (self._shorter, PLACES * n))
        return any(one.n + more > len(one.index.items) for one, more in growing)

    def _start_anew(self, n: int) -> None:
        """Make rows and index anew, of what is wanted, with room for n codes more."""
        living = np.array(sorted(self._row_of.values()), dtype=np.int64)
        old, self._rows = self._rows, empty_rows(2 * living.size)
        for name in Rows._fields:
            getattr(self._rows, name)[: living.size] = getattr(old, name)[living]
        self._wanted = [self._wanted[row] for row in living.tolist()]
        self._row_of = {one.id: row for row, one in enumerate(self._wanted)}
        codes, whose = _codes_of(self._wanted)
        self._start_index(2 * (codes.size + n))
        self._add(codes, whose)

    def _end(self, entry_ids: Iterable[str]) -> None:
        rows = [self._row_of.pop(one) for one in entry_ids if one in self._row_of]
        self._rows.columns[rows, DIED] = self._clock
        self._n_over += len(rows)

    def _show(self) -> None:
        columns = self._rows.columns
        hot = Hot(
            **self._plates.index._asdict(),
            **{f"short_{k}": v for k, v in self._shorter.index._asdict().items()},
            lengths=self._lengths,
            rows=columns,
            floats=columns.view(np.float64),
        )
        self._view = HotView(
            clock=self._clock,
            hot=hot,
            filters=self._filters,
            rows=self._rows,
            known=self._wanted,
            most_own=self._most,
            model=self._model,
            confusions=self._confusions,
        )

    def _make_room(self, n: int) -> None:
        """Have rows for n entries; the old ones stay for who reads them."""
        room = len(self._rows.columns)
        if n <= room:
            return
        grown = empty_rows(max(n, 2 * room))
        for name in Rows._fields:
            getattr(grown, name)[:room] = getattr(self._rows, name)
        self._rows = grown

    def _write(self, wanted: list[Wanted], first: int) -> None:
        """Write the columns of entries to rows that nobody sees yet."""
        from matching.hot_kernels import own_frequencies

        part = slice(first, first + len(wanted))
        rows, own = self._rows, np.empty(len(wanted))
        columns = _columns(wanted)
        own_frequencies(columns, self._tables, own)
        columns[:, OWN] = own.view(np.int64)
        rows.columns[part] = columns
        rows.times[part] = np.column_stack(
            (
                microseconds([one.since for one in wanted]),
                microseconds([one.verified_at for one in wanted]),
                microseconds([one.expires_at for one in wanted]),
            )
        )
        rows.places[part] = _places(wanted)
        self._most = max(self._most, float(own.max(initial=0.0)))
        self._wanted.extend(wanted)

    def _add(self, codes: Integers, rows: Integers) -> None:
        """Put codes of rows in the indexes, which have room for them."""
        from matching.hot_kernels import (
            note_kinds,
            note_masks,
            note_prefixes,
            put_in,
        )

        short, whose = shorter_by_one(codes)
        for growing, more, of in (
            (self._plates, codes, rows),
            (self._shorter, short, rows[whose]),
        ):
            put_in(more, of.astype(np.int32), growing.n, *growing.index)
            growing.n += more.size
            note_kinds(more, self._filters.fits)
            note_prefixes(more, self._filters.prefixes)
        note_masks(codes, self._filters.masks)
        counted = np.bincount(lengths(codes.astype(np.uint64)), minlength=PLACES + 2)
        self._lengths += counted

    def _start_index(self, n: int) -> None:
        self._plates = _Growing(empty_index(n))
        self._shorter = _Growing(empty_index(PLACES * n))
        self._lengths = np.zeros(PLACES + 2, dtype=np.int64)
        kinds = np.zeros((PLACES + 1, PLACES + 1, 2**PLACES), dtype=np.uint8)
        self._filters = Filters(kinds, empty_prefixes(n), empty_masks(n))
        self._n_over = 0


def _codes_of(wanted: Sequence[Wanted]) -> tuple[Integers, Integers]:
    """Return the codes of plates, and of which entry each is, by position."""
    codes = encode([one.plate for one in wanted]).astype(np.int64)
    whole = np.flatnonzero(codes)
    found, whose = [codes[whole]], [whole]
    for position in np.flatnonzero(codes == 0).tolist():
        more = completions(wanted[position].plate).astype(np.int64)
        found.append(more)
        whose.append(np.full(more.size, position))
    return np.concatenate(found), np.concatenate(whose)


def _made_plain(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Return entries with plates as `plain_pattern` writes them."""
    codes = encode([one.plate for one in wanted])
    return [
        one if code else replace(one, plate=plain_pattern(one.plate))
        for one, code in zip(wanted, codes.tolist(), strict=True)
    ]


def _columns(wanted: Sequence[Wanted]) -> Integers:
    """Return the columns of rows that nobody sees yet, but for how often they pass."""
    kinds = [
        unknown_kinds(one.plate) if ANY in one.plate else one.plate for one in wanted
    ]
    characters = np.zeros((len(wanted), PLACES), dtype=np.uint8)
    for row, plate in enumerate(kinds):
        characters[row, : len(plate)] = numbers_of(plate)
    columns = np.full((len(wanted), OWN + 1), NEVER)
    columns[:, :2] = packed(characters, np.array([len(plate) for plate in kinds], int))
    columns[:, TYPE] = numbers([one.type for one in wanted], TYPE_NUMBERS)
    columns[:, COLOUR] = numbers([one.colour for one in wanted], COLOUR_NUMBERS)
    columns[:, CODE] = encode([one.plate for one in wanted])
    return columns


def _places(wanted: Sequence[Wanted]) -> Floats:
    found = [
        (nan if one.lng is None else one.lng, nan if one.lat is None else one.lat)
        for one in wanted
    ]
    return np.array(found, dtype=np.float64).reshape(-1, 2)
