"""Open reports, ready to be held against each other.

A pure function of the open reports of the store. Other processes change them too, so
the store's mark is compared before anything is asked.
"""

from collections.abc import Container, Iterable
from math import log2
from typing import NamedTuple

from data import queries
from data.records import Report, ReportKind
from data.store import Transaction
from matching.linkage.live import Hit, Live
from routing.pairing.kinds import PAIR_KINDS, PairKind

LEAST_OPEN = 500
"""The prior is that of so many open reports at least: most are on paper elsewhere."""

SPARE = 10
"""So many more are found, for those that a comparison rules out are left out."""


class Candidate(NamedTuple):
    """A report that may tell of the same thing, with its weight.

    ``prior_bits`` are in the bits of ``hit``.
    """

    hit: Hit
    prior_bits: float

    @property
    def id(self) -> str:
        """The id of the other report."""
        return self.hit.id

    @property
    def probability(self) -> float:
        """The probability that both tell of one thing."""
        return self.hit.probability


class OpenReports:
    """The open reports of one kind of pair, by side."""

    def __init__(self, pair: PairKind) -> None:
        self.pair = pair
        self.model = pair.model()
        names = [comparison.name for comparison in self.model.comparisons]
        self._against = [names.index(name) for name in pair.against]
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was taken up was not kept after all."""
        left = Live(self.model)
        self._sides = (left, left if self.pair.is_one else Live(self.model))
        self._kinds: dict[str, ReportKind] = {}
        self._mark = (0, 0)
        self._is_changed = False

    def begin(self) -> None:
        """Begin a verb: what was changed so far is kept in the store."""
        self._is_changed = False

    def forget_changes(self) -> None:
        """Begin anew if this verb, which failed, has changed anything."""
        if self._is_changed:
            self.forget()

    def refresh(self, tx: Transaction) -> None:
        """Take over what was opened and closed since."""
        kinds = sorted(self.pair.kinds)
        (row,) = tx.rows(queries.reports_mark(kinds))
        mark = (row["reports"], row["versions"])
        if mark == self._mark:
            return
        there = {row["id"] for row in tx.rows(queries.open_reports(kinds))}
        for gone in sorted(self._kinds.keys() - there):
            self._remove(gone)
        new = sorted(there - self._kinds.keys())
        self._add_all(tx.get_all(Report, new).values())
        self._mark = mark

    def opened(self, report: Report) -> None:
        """Take up a report that is new in the store."""
        self._is_changed = True
        self._add_all([report])
        self._mark = (self._mark[0] + 1, self._mark[1] + report.version)

    def closed(self, report: Report) -> None:
        """Let go of a report that was just closed."""
        self._is_changed = True
        self._remove(report.id)
        self._mark = (self._mark[0], self._mark[1] + 1)

    def find(
        self,
        report: Report,
        *,
        most: int,
        least: float,
        without: Container[str] = (),
        contradicting: bool = False,
    ) -> list[Candidate]:
        """Find the open reports that may tell of the same thing as one.

        Parameters
        ----------
        least
            The least probability.
        without
            Reports that are not asked for: itself, and what somebody judged to be
            something else.
        contradicting
            Those that a comparison rules out too, in case a box was ticked wrongly.

        Returns
        -------
        list of Candidate
            The most probable first, ties in order of their ids.
        """
        live = self._sides[report.kind in self.pair.left]
        if not len(live):
            return []
        prior_bits = prior_of(len(live), self.pair.on_file)
        moved = prior_bits - self.model.prior_bits
        hits = live.find(
            self.pair.record_of(report),
            most=most if contradicting else 2 * most + SPARE,
            least_bits=log2(least / (1 - least)) - moved,
            without=without,
            every=len(live) <= self.pair.every_up_to,
        )
        fit = [hit for hit in hits if contradicting or not self._is_ruled_out(hit)]
        return [Candidate(_moved(hit, moved), prior_bits) for hit in fit[:most]]

    def _is_ruled_out(self, hit: Hit) -> bool:
        return any(hit.parts[k] < 0 for k in self._against)

    def _side(self, kind: ReportKind) -> Live:
        return self._sides[kind not in self.pair.left]

    def _remove(self, id_: str) -> None:
        self._side(self._kinds.pop(id_)).remove(id_)

    def _add_all(self, reports: Iterable[Report]) -> None:
        by_side: dict[int, dict[str, Report]] = {}
        for report in reports:
            live = self._side(report.kind)
            by_side.setdefault(self._sides.index(live), {})[report.id] = report
            self._kinds[report.id] = report.kind
        for side, some in by_side.items():
            records = {id_: self.pair.record_of(one) for id_, one in some.items()}
            self._sides[side].add(records)


class Pairing:
    """The open reports of every kind of pair, as one verb sees them."""

    def __init__(self) -> None:
        self._every = [OpenReports(pair) for pair in PAIR_KINDS]
        self._fresh: set[int] = set()

    def begin(self) -> None:
        """Begin a verb: others may have changed reports since the last one."""
        self._fresh = set()
        for one in self._every:
            one.begin()

    def forget_changes(self) -> None:
        """Forget what a verb has changed that failed: it was not kept."""
        for one in self._every:
            one.forget_changes()

    def of(self, tx: Transaction, kind: ReportKind) -> list[OpenReports]:
        """Return the pairs that reports of a kind are compared for, as they are now."""
        found = []
        for number, one in enumerate(self._every):
            if kind in one.pair.kinds:
                if number not in self._fresh:
                    one.refresh(tx)
                    self._fresh.add(number)
                found.append(one)
        return found


def prior_of(n_open: int, on_file: float) -> float:
    """Return the prior odds, in bits, that one of so many open reports is the one."""
    share = on_file / max(n_open, LEAST_OPEN)
    return log2(share / (1 - share))


def _moved(hit: Hit, by_bits: float) -> Hit:
    bits = hit.bits + by_bits
    return hit._replace(bits=bits, probability=1 / (1 + 2.0**-bits))
