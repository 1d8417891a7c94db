"""Records that come and go, and who among them may be one that is asked for.

For a desk: a report comes in and is held against all that are open, at once. The same
model as for tables, the same weights, without a table that has to be read anew.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from matching.errors import ModelRefused, TableRefused
from matching.linkage.blocking import Key, keys_of_rows
from matching.linkage.functions import Floats
from matching.linkage.pairs import Pairs
from matching.linkage.scoring import Weighed, weigh_pairs
from matching.linkage.settings import Model
from matching.linkage.texts import (
    MISSING,
    Borrowed,
    Numbers,
    Rows,
    Table,
    Texts,
    plain_text,
)

Record = Mapping[str, object]
"""Values by column; a column that is left out is missing."""


class Hit(NamedTuple):
    """A record that may be the one asked for.

    ``bits`` is the weight with the prior; ``parts`` are the bits of each comparison of
    the model, in its order, and ``levels`` what each says.
    """

    id: str
    bits: float
    probability: float
    parts: tuple[float, ...]
    levels: tuple[str, ...]


class Live:
    """Open records by id; one thread at a time.

    Raises
    ------
    ModelRefused
        A level counts the rarity of a value, and the model has no shares of it: what is
        rare cannot be told from records that come and go.
    """

    def __init__(self, model: Model) -> None:
        unknown = [one for one in model.tf_columns if one not in model.frequencies]
        if unknown:
            raise ModelRefused(f"the model has no shares of {', '.join(unknown)}")
        self.model = model
        self._texts = Texts()
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._free: list[int] = []
        self._columns = {column: np.empty(0, np.int32) for column in model.columns}
        self._shares = {column: np.empty(0) for column in model.tf_columns}
        self._keys: list[dict[Key, list[int]]] = [{} for _ in model.blocking]

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._rows

    def add(self, records: Mapping[str, Record]) -> None:
        """Add records by their ids; many at once cost less each.

        Raises
        ------
        TableRefused
            An id is there already.
        """
        there = [one for one in records if one in self._rows]
        if there:
            raise TableRefused(f"{there[0]!r} is there already: remove it first")
        rows = self._places(len(records))
        for column, numbers in self._columns.items():
            numbers[rows] = self._numbers(records.values(), column)
        for column, shares in self._shares.items():
            shares[rows] = self._shares_of(column, self._columns[column][rows])
        for id_, row in zip(records, rows.tolist(), strict=True):
            self._rows[id_] = row
            self._ids[row] = id_
        for index, row, key in self._keys_of(rows):
            index.setdefault(key, []).append(row)

    def remove(self, id_: str) -> None:
        """Forget a record.

        Raises
        ------
        TableRefused
            There is none with this id.
        """
        row = self._rows.pop(id_, None)
        if row is None:
            raise TableRefused(f"there is no record {id_!r}")
        for index, _, key in self._keys_of(np.array([row])):
            index[key].remove(row)
            if not index[key]:
                del index[key]
        for column in self._columns.values():
            column[row] = MISSING
        self._ids[row] = ""
        self._free.append(row)

    def find(
        self,
        record: Record,
        *,
        most: int = 10,
        least_bits: float = 0.0,
        without: Container[str] = (),
        every: bool = False,
    ) -> list[Hit]:
        """Find the records that may be the one asked for, the heaviest first.

        Parameters
        ----------
        most, least_bits
            How many are given, and from which weight on.
        without
            Ids that are never given: itself, and pairs that were judged negative.
        every
            Weigh every record, not only those that a blocking rule brings.

        Returns
        -------
        list of Hit
            Ties in order of their ids.
        """
        asked = self._asked(record)
        stored = self._stored(asked.texts)
        rows = self._all_rows() if every else self._candidates(asked, stored)
        weighed = self._weigh(asked, stored, rows)
        heavy = np.flatnonzero(weighed.bits >= least_bits)
        ranked = sorted(
            (-float(weighed.bits[at]), self._ids[rows[at]], int(at))
            for at in heavy.tolist()
            if self._ids[rows[at]] not in without
        )
        return [self._hit(weighed, at, id_) for _, id_, at in ranked[:most]]

    def _hit(self, weighed: Weighed, at: int, id_: str) -> Hit:
        bits, levels = float(weighed.bits[at]), weighed.levels[at].tolist()
        labels = [
            one.levels[number].label
            for one, number in zip(self.model.comparisons, levels, strict=True)
        ]
        probability = float(1 / (1 + np.exp2(-bits)))
        parts = tuple(weighed.parts[at].tolist())
        return Hit(id_, bits, probability, parts, tuple(labels))

    def _asked(self, record: Record) -> Table:
        texts = Borrowed(self._texts)
        columns = {
            column: texts.numbers_of([plain_text(record.get(column))])
            for column in self._columns
        }
        return Table("the record", ["asked"], columns, texts)

    def _stored(self, texts: Texts) -> Table:
        return Table("the records", self._ids, self._columns, texts)

    def _all_rows(self) -> Rows:
        return np.fromiter(self._rows.values(), np.int64, len(self._rows))

    def _candidates(self, asked: Table, stored: Table) -> Rows:
        found: set[int] = set()
        for rule, index in zip(self.model.blocking, self._keys, strict=True):
            (keys,) = keys_of_rows(rule, asked, side="l")
            rows = {row for key in keys for row in index.get(key, ())} - found
            if rows and not rule.is_equality:
                at = np.fromiter(rows, np.int64, len(rows))
                pairs = Pairs(asked, stored, np.zeros_like(at), at)
                rows = set(at[rule.truths(pairs) == 1].tolist())
            found |= rows
        return np.array(sorted(found), dtype=np.int64)

    def _weigh(self, asked: Table, stored: Table, rows: Rows) -> Weighed:
        pairs = Pairs(asked, stored, np.zeros_like(rows), rows)
        shares = {
            column: np.array([self._share(column, asked.value(column, 0))])
            for column in self._shares
        }
        return weigh_pairs(self.model, pairs, shares, self._shares)

    def _keys_of(self, rows: Rows) -> Iterable[tuple[dict[Key, list[int]], int, Key]]:
        columns = {column: every[rows] for column, every in self._columns.items()}
        ids = [self._ids[row] for row in rows.tolist()]
        table = Table("the records", ids, columns, self._texts)
        for rule, index in zip(self.model.blocking, self._keys, strict=True):
            of_rows = keys_of_rows(rule, table, side="r")
            for row, keys in zip(rows.tolist(), of_rows, strict=True):
                yield from ((index, row, key) for key in keys)

    def _places(self, n: int) -> Rows:
        """Return rows for n records: those that became free, then new ones."""
        again = [self._free.pop() for _ in range(min(n, len(self._free)))]
        begin, new = len(self._ids), n - len(again)
        self._ids.extend([""] * new)
        room = next(iter(self._columns.values())).size
        if len(self._ids) > room:
            self._grow(max(2 * room, len(self._ids)))
        return np.array([*again, *range(begin, begin + new)], dtype=np.int64)

    def _grow(self, room: int) -> None:
        for column, numbers in self._columns.items():
            self._columns[column] = np.full(room, MISSING, dtype=np.int32)
            self._columns[column][: numbers.size] = numbers
        for column, shares in self._shares.items():
            self._shares[column] = np.full(room, np.nan)
            self._shares[column][: shares.size] = shares

    def _numbers(self, records: Iterable[Record], column: str) -> Numbers:
        return self._texts.numbers_of(plain_text(one.get(column)) for one in records)

    def _shares_of(self, column: str, numbers: Numbers) -> Floats:
        known: Sequence[str | None] = [
            None if number == MISSING else self._texts.all[number]
            for number in numbers.tolist()
        ]
        return np.array([self._share(column, text) for text in known], dtype=np.float64)

    def _share(self, column: str, text: str | None) -> float:
        shares = self.model.frequencies[column]
        return float("nan") if text is None else shares.get(text, float("nan"))
