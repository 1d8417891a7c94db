"""Records that come and go, and who among them may be one that is asked for.

For a desk: a report comes in and is held against all that are open, at once. The same
model as for tables, the same weights, without a table that has to be read anew.
"""

from collections.abc import Container, Iterable, Mapping, Sized
from typing import NamedTuple

import numpy as np

from matching.errors import ModelRefused, TableRefused
from matching.linkage.blocking import Key, keys_of_rows
from matching.linkage.columns import Column
from matching.linkage.conditions import Condition
from matching.linkage.letters import Letters
from matching.linkage.pairs import Pairs
from matching.linkage.promising import Promising, Question, Some
from matching.linkage.scoring import Shares, Weighed, Weights, weigh
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
from matching.linkage.values import is_list, words_of

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
        self._columns = {
            column: Column(model.frequencies.get(column)) for column in model.columns
        }
        self._letters = Letters()
        self._weights = [Weights(one) for one in model.comparisons]
        self._promising = Promising(model)
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
        for name, column in self._columns.items():
            column.put(rows, self._numbers(records.values(), name), self._texts)
        self._letters.add(self._texts.all[len(self._letters) :])
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
        if not every:
            rows = self._candidates(asked)
        elif most > 0:
            rows = self._promising_rows(asked, most, least_bits, without)
        else:
            return []
        weighed = self._weigh(asked, rows)
        heavy = np.flatnonzero(weighed.bits >= least_bits)
        ranked = sorted(
            (-float(weighed.bits[at]), self._ids[rows[at]], int(at))
            for at in heavy.tolist()
            if self._ids[rows[at]] not in without
        )
        return [self._hit(weighed, at, id_) for _, id_, at in ranked[:most]]

    def _promising_rows(
        self, asked: Table, most: int, least_bits: float, without: Container[str]
    ) -> Rows:
        """Return the rows that can be given, and perhaps others."""
        if isinstance(without, Sized):
            n_left_out = len(without)
        else:
            n_left_out = sum(one in without for one in self._rows)
        question = Question(asked, self._shares_of(asked), self._columns, self._letters)
        return self._promising.rows(
            question,
            self._all_rows(),
            most=most + n_left_out,
            least_bits=least_bits,
        )

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

    def _stored(self, rows: Rows, texts: Texts) -> Table:
        """Return these rows as a table."""
        ids = [self._ids[row] for row in rows.tolist()]
        columns = {
            name: column.numbers[column.places[rows]]
            for name, column in self._columns.items()
        }
        return Table("the records", ids, columns, texts)

    def _all_rows(self) -> Some:
        if not self._free:
            return slice(0, len(self._ids))
        is_there = np.ones(len(self._ids), np.bool_)
        is_there[self._free] = False
        return np.flatnonzero(is_there)

    def _candidates(self, asked: Table) -> Rows:
        found: set[int] = set()
        one = np.zeros(1, np.int64)
        itself = Pairs(asked, asked, one, one)
        for rule, index in zip(self.model.blocking, self._keys, strict=True):
            keys = _keys_asked(rule, itself)
            rows = {row for key in keys for row in index.get(key, ())} - found
            if rows and not rule.is_equality:
                at = np.fromiter(rows, np.int64, len(rows))
                truths = rule.truths(self._pairs(asked, at))
                rows = set(at[truths == 1].tolist())
            found |= rows
        return np.array(sorted(found), dtype=np.int64)

    def _weigh(self, asked: Table, rows: Rows) -> Weighed:
        shares = {
            name: self._columns[name].shares[self._columns[name].places[rows]]
            for name in self.model.tf_columns
        }
        pairs = self._pairs(asked, rows)
        return weigh(
            self.model.prior_bits,
            self._weights,
            pairs,
            self._shares_of(asked),
            shares,
        )

    def _pairs(self, asked: Table, rows: Rows) -> Pairs:
        stored = self._stored(rows, asked.texts)
        return Pairs(asked, stored, np.zeros_like(rows), np.arange(rows.size))

    def _shares_of(self, asked: Table) -> Shares:
        found = {}
        for name in self.model.tf_columns:
            share = self.model.frequencies[name].get(asked.value(name, 0) or "", np.nan)
            found[name] = np.array([share])
        return found

    def _keys_of(self, rows: Rows) -> Iterable[tuple[dict[Key, list[int]], int, Key]]:
        table = self._stored(rows, self._texts)
        for rule, index in zip(self.model.blocking, self._keys, strict=True):
            of_rows = keys_of_rows(rule, table, side="r")
            for row, keys in zip(rows.tolist(), of_rows, strict=True):
                yield from ((index, row, key) for key in keys)

    def _places(self, n: int) -> Rows:
        """Return rows for n records: those that became free, then new ones."""
        again = [self._free.pop() for _ in range(min(n, len(self._free)))]
        begin, new = len(self._ids), n - len(again)
        self._ids.extend([""] * new)
        room = next(iter(self._columns.values())).places.size
        if len(self._ids) > room:
            for column in self._columns.values():
                column.grow(max(room + room // 2, len(self._ids)))
        return np.array([*again, *range(begin, begin + new)], dtype=np.int64)

    def _numbers(self, records: Iterable[Record], column: str) -> Numbers:
        return self._texts.numbers_of(plain_text(one.get(column)) for one in records)


def _keys_asked(rule: Condition, itself: Pairs) -> list[Key]:
    """Return the keys of a record as the left side of a rule has them.

    As `keys_of_rows`, but what a rule makes of it is made once for all rules.
    """
    if any(is_list(side) for side, _ in rule.sides):
        return keys_of_rows(rule, itself.left, side="l")[0]
    key = tuple(int(words_of(side, itself).numbers[0]) for side, _ in rule.sides)
    return [] if MISSING in key else [key]
