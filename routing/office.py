"""What all verbs share: the transaction, the hot list as it is now, the directory."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from data import queries
from data.reads.archive import Archive
from data.reads.columns import Reads
from data.reads.protocol import ReadsSource
from data.reads.search import empty_search
from data.records import (
    Agency,
    ContactPoint,
    Delivery,
    HotListEntry,
    Lead,
    Read,
    Report,
    ReportState,
    Spot,
)
from data.store import Store, Transaction
from geo.boundaries import Boundaries
from matching.model import Model
from routing.cameras import CameraBook
from routing.errors import NobodyToTell, NotCompared
from routing.incidents import NONE_RAISED, SILENT, Kept, Raised, keep_read, raised_of
from routing.intake import Completer
from routing.outbox import deliveries
from routing.pairing.leads import (
    MOST,
    Similar,
    explanation,
    in_order,
    other_of,
    pair_lead,
)
from routing.pairing.open_reports import OpenReports, Pairing
from routing.placing import Placer, located
from routing.progress import Progress
from routing.rules import Recipient, pair_recipients, still_to_tell
from routing.screening import Screener
from routing.silence import NO_SILENCE, silence_of
from routing.watch import Suspicion, Watch

OWED = "past:"
"""Begins the marks of entries whose past reads are still to be searched."""


class Office:
    """The store, the archive and the hot list, one verb at a time.

    Parameters
    ----------
    archive
        None when another process has it: then no reads are recorded, and past reads of
        what is newly wanted are searched by whoever has the archive.
    now
        The clock; every time that is kept comes from it or from a message.
    """

    def __init__(
        self,
        store: Store,
        archive: Archive | None,
        *,
        boundaries: Boundaries,
        model: Model,
        now: Callable[[], datetime],
    ) -> None:
        self.store = store
        self.archive = archive
        self.reads: ReadsSource = empty_search() if archive is None else archive
        self.boundaries = boundaries
        self._now = now
        self._turn = threading.RLock()
        self.model = model
        self.watch = Watch(self.reads, model)
        self._screener = Screener(boundaries, model)
        self._changed: list[HotListEntry] = []
        self._over = NO_SILENCE
        self._commits: int | None = None
        self._agencies: dict[str, Agency] = {}
        self._desks: dict[str, ContactPoint] = {}
        self._unscreened: list[Reads] = []
        self._pairing = Pairing()
        self._progress = Progress(archive)
        if archive is not None:
            book = CameraBook(store, archive.numbers_of)
            placer = Placer(boundaries, book, archive.numbers_of)
            self._completer = Completer(placer, archive.names)

    def add_agencies(
        self, agencies: Iterable[Agency], contact_points: Iterable[ContactPoint]
    ) -> None:
        """Enter agencies and their contact points in the directory.

        Raises
        ------
        NobodyToTell
            When an agency has no contact point then; nothing is entered.
        """
        with self._turn, self.store.write() as tx:
            tx.add_all(agencies)
            tx.add_all(contact_points)
            reached = {desk.agency_id for desk in tx.find(ContactPoint)}
            for agency in tx.find(Agency):
                if agency.id not in reached:
                    raise NobodyToTell(agency.id)
            self._agencies = {}

    def agencies(self) -> dict[str, Agency]:
        """Return the directory of agencies by id."""
        with self._turn, self.store.read() as tx:
            self._refresh(tx)
            return dict(self._agencies)

    def located(self, spot: Spot) -> Spot:
        """Return a spot with the codes of its county, town and village.

        Raises
        ------
        CoordinateRefused
            When the pair is no place in Taiwan.
        """
        return located(spot, self.boundaries)

    @contextmanager
    def _verb(self) -> Iterator[Transaction]:
        """Begin a verb: one transaction, on a hot list as it is now.

        What it changes of the list holds from its end on.
        """
        with self._turn:
            self._changed = []
            self._pairing.begin()
            with self._pairing_kept(), self.store.write() as tx:
                self._refresh(tx)
                yield tx
                mark = self.watch.mark(tx) if self._changed else None
                if any(entry.state is not ReportState.OPEN for entry in self._changed):
                    self._over = silence_of(tx, at=self._now())
            if self._changed:
                self.watch.take(self._changed, mark)

    @contextmanager
    def _pairing_kept(self) -> Iterator[None]:
        """Forget what is open when a verb fails: its changes were not kept."""
        try:
            yield
        except BaseException:
            self._pairing.forget_changes()
            raise

    def similar(
        self, report_id: str, *, most: int, least: float, contradicting: bool = False
    ) -> list[Similar]:
        """Find open reports that may tell of the same thing as one that is kept.

        Pairs that somebody judged to be two things are left out, and those that a
        comparison rules out, such as of the other sex, unless `contradicting` ones are
        asked for.

        Raises
        ------
        RecordNotFound
        NotCompared
            Reports of this kind are compared with none.
        """
        with self._turn, self.store.read() as tx:
            self._pairing.begin()
            report = tx.get(Report, report_id)
            every = self._pairing.of(tx, report.kind)
            if not every:
                raise NotCompared(report_id, report.kind)
            said = tx.select(Lead, queries.leads_of(report_id))
            leads = {other_of(lead, report_id): lead for lead in said}
            without = {str(id_) for id_, one in leads.items() if one.state in SILENT}
            found = [
                (among, one)
                for among in every
                for one in among.find(
                    report,
                    most=most,
                    least=least,
                    without=without | {report_id},
                    contradicting=contradicting,
                )
            ]
            found.sort(key=lambda two: (-two[1].hit.bits, two[1].id))
            others = tx.get_all(Report, (one.id for _, one in found))
            return [
                Similar(
                    others[one.id],
                    explanation(among, report, others[one.id], one),
                    leads.get(one.id),
                )
                for among, one in found[:most]
            ]

    def _raise_pairs(
        self, tx: Transaction, report: Report, among: OpenReports
    ) -> tuple[Lead, ...]:
        """Hold a new report against all that are open; tell both sides."""
        found = among.find(report, most=MOST, least=among.pair.lead_from)
        among.opened(report)
        others = tx.get_all(Report, (one.id for one in found))
        leads = []
        for one in found:
            other = others[one.id]
            lead = pair_lead(among, report, other, one, at=self._now())
            tx.add(lead)
            sides = in_order(among.pair, report, other)
            told = pair_recipients(*sides, lead.level, among.pair.told)
            self._tell(tx, ("lead", lead.id, lead.version), told)
            leads.append(lead)
        return tuple(leads)

    def _look(self) -> bool:
        """See whether anybody changed the hot list, at the cost of a glance."""
        commits = self.store.commits()
        if commits == self._commits:
            return False
        with self.store.read() as tx:
            is_changed = self._refresh(tx)
        self._commits = commits
        return is_changed

    def _refresh(self, tx: Transaction) -> bool:
        """Take over what others changed; say whether the hot list is another one."""
        if not self._agencies:
            self._agencies = {agency.id: agency for agency in tx.find(Agency)}
            desks = tx.find(ContactPoint)
            self._desks = {desk.agency_id: desk for desk in reversed(desks)}
        is_changed = self.watch.refresh(tx)
        if is_changed:
            self._over = silence_of(tx, at=self._now())
        return is_changed

    def _past(self, tx: Transaction, entry: HotListEntry) -> Raised:
        """Look for a newly wanted vehicle in past reads, or have it looked for."""
        if self.archive is None:
            tx.set_mark(f"{OWED}{entry.id}", 1)
            return NONE_RAISED
        return self._raise(tx, self.watch.past(entry))

    def _owed(self, tx: Transaction) -> Raised:
        """Do the searches in past reads that others, without archive, could not."""
        raised = NONE_RAISED
        if self.archive is not None:
            for mark in tx.marks(OWED):
                entry = tx.get(HotListEntry, mark.removeprefix(OWED))
                if entry.state is ReportState.OPEN:
                    raised += self._raise(tx, self.watch.past(entry))
                tx.remove_mark(mark)
        return raised

    def _raise(self, tx: Transaction, suspicions: Iterable[Suspicion]) -> Raised:
        """Weigh pairs in full, in order of the event; keep what is enough, and tell.

        The first read of an incident raises a lead, the others join it.
        """
        kept: list[Kept] = []
        for one in sorted(suspicions, key=lambda one: (one.read.at, one.read.id)):
            entry = tx.get(HotListEntry, one.entry_id)
            others = self.watch.others(one.read)
            seen = self._screener.screen(one.read, entry, others=others, at=self._now())
            done = None if seen is None else keep_read(tx, one.read, seen, entry)
            if done is not None:
                self._tell_of(tx, done, one.read)
                kept.append(done)
        return raised_of(kept)

    def _tell_of(self, tx: Transaction, kept: Kept, read: Read) -> None:
        """Tell of a lead, or of a further read to whom it is news."""
        lead = kept.lead
        if not kept.is_new and lead.state in SILENT:
            return
        report = tx.get(Report, lead.report_id)
        found = self._screener.recipients(kept.read, report, read, self._agencies)
        if not kept.is_new:
            told = tx.select(Delivery, queries.deliveries_of([lead.id]))
            found = still_to_tell(found, told, is_raised=kept.is_raised)
        self._tell(tx, ("lead", lead.id, lead.version), found)

    def _tell(
        self,
        tx: Transaction,
        subject: tuple[str, str, int],
        recipients: Iterable[Recipient],
    ) -> None:
        tx.add_all(deliveries(subject, recipients, desks=self._desks, at=self._now()))
