"""The desk: the verbs of the service, where store, geo and matching meet.

Each verb is one transaction: the record, the leads it raises and the deliveries
they cause are kept together or not at all. The hot list in memory is a pure
function of the open entries of the store, and is read again whenever the store's
mark says that somebody else changed it.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from data import queries
from data.errors import KeyReused
from data.records import (
    Agency,
    ContactPoint,
    HotListEntry,
    Judgement,
    Lead,
    LeadState,
    QuarantinedRow,
    Read,
    Report,
    ReportState,
    Spot,
)
from data.store import Store, Transaction
from geo.boundaries import Boundaries
from geo.errors import GeoError
from matching.hotlist import HotList, near_skeletons
from matching.model import Model
from routing.answers import ReadsAnswer, ReportAnswer, ReportsAnswer, nothing_more
from routing.errors import (
    JudgementRefused,
    NobodyToTell,
    ReportNotOpen,
    RoutingError,
    UnknownAgency,
)
from routing.intake import Completer, Unfit, as_message
from routing.judging import require_complete, says_the_same
from routing.listing import entry_of, require_possible
from routing.outbox import deliveries
from routing.rules import CANCEL, Recipient, hot_list_recipients
from routing.screening import Screener

log = logging.getLogger(__name__)


class Desk:
    """The service's verbs over one store; safe under threads, one verb at a time.

    Parameters
    ----------
    now
        The clock; every time that is kept comes from it or from a message.
    """

    def __init__(
        self,
        store: Store,
        *,
        boundaries: Boundaries,
        model: Model,
        now: Callable[[], datetime],
    ) -> None:
        self.store = store
        self.boundaries = boundaries
        self._now = now
        self._turn = threading.RLock()
        self._completer = Completer(boundaries)
        self.model = model
        self._screener = Screener(boundaries, model)
        self._hot_list = HotList()
        self._mark: object = None
        self._agencies: dict[str, Agency] = {}
        self._desks: dict[str, ContactPoint] = {}

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
        return self._completer.located(spot)

    def open_report(self, report: Report) -> ReportAnswer:
        """Keep a report, want its plate everywhere, and look for it in past reads.

        The same report sent twice is kept once; `is_new` tells.

        Raises
        ------
        UnknownAgency
            When its agency is not in the directory.
        ReportRefused
            When a stolen vehicle has no readable plate, or times contradict.
        KeyReused
            When another report has its id.
        """
        with self._turn, self.store.write() as tx:
            self._refresh(tx)
            return self._open(tx, self._located(report))

    def open_reports(
        self,
        reports: Iterable[Report],
        *,
        also: Callable[[Transaction, ReportsAnswer], None] = nothing_more,
    ) -> ReportsAnswer:
        """Open the reports of a file in one transaction.

        A report that cannot be kept is refused alone, with its reason. `also` is
        called at the end of the transaction, to keep what belongs to the file.
        """
        answers: dict[str, ReportAnswer] = {}
        refused: dict[str, str] = {}
        with self._turn, self.store.write() as tx:
            self._refresh(tx)
            for report in reports:
                try:
                    answers[report.id] = self._open(tx, self._located(report))
                except (RoutingError, KeyReused, GeoError) as error:
                    refused[report.id] = str(error)
            answer = ReportsAnswer(answers, refused)
            also(tx, answer)
        return answer

    def _open(self, tx: Transaction, report: Report) -> ReportAnswer:
        _require(self._agencies, report.agency_id)
        entry = entry_of(report)
        if not tx.add(report):
            return self._known(tx, report)
        if entry is None:
            return ReportAnswer(report, None, True, ())
        tx.add(entry)
        recipients = hot_list_recipients(report, self._agencies.values())
        self._tell(tx, ("report", report.id, 1), recipients)
        leads = self._raise(tx, _past(tx, entry), {entry.id: report}, [entry])
        log.info("opened report %s: %d leads from past reads", report.id, len(leads))
        return ReportAnswer(report, entry, True, leads)

    def record_reads(
        self,
        reads: Sequence[Read],
        refused: Sequence[QuarantinedRow] = (),
        *,
        hold: Callable[[Unfit], QuarantinedRow] | None = as_message,
        also: Callable[[Transaction, ReadsAnswer], None] = nothing_more,
    ) -> ReadsAnswer:
        """Keep reads and raise leads; what cannot be kept goes to quarantine.

        `refused` are rows of the same batch that were no reads at all. A read
        that is already kept, or stands twice in the batch, is counted as duplicate
        and raises nothing anew. `hold` makes the quarantine row of a read that
        cannot be kept; with None the caller holds those of the answer itself.
        `also` is called at the end of the transaction, to keep what belongs to
        the batch.
        """
        with self._turn, self.store.write() as tx:
            self._refresh(tx)
            complete, unfit = self._completer.complete(tx, reads)
            held = {row.id: row for row in refused}
            if hold is not None:
                held |= {row.id: row for row in map(hold, unfit)}
            tx.add_all(held.values())
            new = tx.add_all(complete)
            fresh = [read for read in complete if read.id in new]
            leads = self._raise(tx, fresh, {}, None)
            received = len(reads) + len(refused)
            quarantined = len(held) if hold is not None else len(unfit)
            answer = ReadsAnswer(
                received=received,
                stored=len(new),
                duplicate=received - len(new) - quarantined,
                quarantined=quarantined,
                leads=leads,
                unfit=tuple(unfit),
            )
            also(tx, answer)
        log.info("recorded %d reads: %d leads", answer.stored, len(leads))
        return answer

    def close_report(
        self, report_id: str, *, reason: str, at: datetime | None = None
    ) -> Report:
        """Close a report; its plate is no longer wanted from the next read on.

        Leads that nobody has judged are withdrawn, and everybody who was told of
        the report or of a lead is told that it is over. `at` is when it was over,
        now by default.

        Raises
        ------
        RecordNotFound, ReportNotOpen
        """
        at = at or self._now()
        with self._turn, self.store.write() as tx:
            self._refresh(tx)
            report = tx.get(Report, report_id)
            if report.state is not ReportState.OPEN:
                raise ReportNotOpen(report_id, report.state)
            closed = replace(
                report,
                state=ReportState.CLOSED,
                closed_reason=reason,
                version=report.version + 1,
            )
            tx.replace(closed, at=at)
            self._silence(tx, closed, at)
            self._withdraw(tx, closed, at)
        log.info("closed report %s", report_id)
        return closed

    def judge(self, judgement: Judgement) -> Lead:
        """Keep a person's verdict on a lead.

        The same verdict sent again by the same person changes nothing.

        Raises
        ------
        RecordNotFound, UnknownAgency
        JudgementRefused
            When it is positive without plate, vehicle and list compared, the lead
            was withdrawn, or nobody signed.
        """
        require_complete(judgement)
        with self._turn, self.store.write() as tx:
            self._refresh(tx)
            _require(self._agencies, judgement.agency_id)
            lead = tx.get(Lead, judgement.lead_id)
            if lead.state is LeadState.WITHDRAWN:
                raise JudgementRefused(f"lead {lead.id!r} was withdrawn")
            said = tx.select(Judgement, queries.judgements_of([lead.id]))
            if said and says_the_same(said[-1], judgement):
                return lead
            tx.add(judgement)
            state = LeadState(judgement.verdict.value)
            judged = replace(lead, state=state, version=lead.version + 1)
            tx.replace(judged, at=judgement.at)
        return judged

    def _located(self, report: Report) -> Report:
        require_possible(report)
        return replace(report, spot=self.located(report.spot))

    def _known(self, tx: Transaction, report: Report) -> ReportAnswer:
        kept = tx.get(Report, report.id)
        first = tx.versions(Report, report.id)[0]
        same = replace(
            report, reported_at=first.reported_at, provenance=first.provenance
        )
        if first != same:
            raise KeyReused("report", report.case_number)
        entries = tx.find(HotListEntry, report_id=report.id)
        return ReportAnswer(kept, entries[0] if entries else None, False, ())

    def _raise(
        self,
        tx: Transaction,
        reads: Iterable[Read],
        reports: dict[str, Report],
        entries: list[HotListEntry] | None,
    ) -> tuple[Lead, ...]:
        """Screen reads against given entries or the hot list; keep what it raises."""
        leads: list[Lead] = []
        for read in reads:
            wanted = (
                self._hot_list.candidates(read.plate) if entries is None else entries
            )
            for entry in wanted:
                lead = self._screener.screen(tx, read, entry, at=self._now())
                if lead is None or not tx.add(lead):
                    continue
                if entry.id not in reports:
                    reports[entry.id] = tx.get(Report, entry.report_id)
                report = reports[entry.id]
                recipients = self._screener.recipients(
                    lead, report, read, self._agencies
                )
                self._tell(tx, ("lead", lead.id, 1), recipients)
                leads.append(lead)
        return tuple(leads)

    def _tell(
        self,
        tx: Transaction,
        subject: tuple[str, str, int],
        recipients: Iterable[Recipient],
    ) -> None:
        tx.add_all(deliveries(subject, recipients, desks=self._desks, at=self._now()))

    def _silence(self, tx: Transaction, report: Report, at: datetime) -> None:
        for entry in tx.find(HotListEntry, report_id=report.id, state=ReportState.OPEN):
            closed = replace(entry, state=report.state, version=entry.version + 1)
            tx.replace(closed, at=at)

    def _withdraw(self, tx: Transaction, report: Report, at: datetime) -> None:
        leads = tx.find(Lead, report_id=report.id)
        for lead in leads:
            if lead.state is LeadState.UNVERIFIED:
                over = replace(
                    lead, state=LeadState.WITHDRAWN, version=lead.version + 1
                )
                tx.replace(over, at=at)
        subjects = [report.id, *(lead.id for lead in leads)]
        told: dict[str, Recipient] = {}
        for row in tx.rows(queries.deliveries_of(subjects)):
            reason = f"結案：{report.closed_reason}；停止比對與查緝"
            who = Recipient(row["agency_id"], row["role"], CANCEL, reason)
            told.setdefault(who.agency_id, who)
        self._tell(tx, ("report", report.id, report.version), told.values())

    def _refresh(self, tx: Transaction) -> None:
        if not self._agencies:
            self._agencies = {agency.id: agency for agency in tx.find(Agency)}
            desks = tx.find(ContactPoint)
            self._desks = {desk.agency_id: desk for desk in reversed(desks)}
        mark = tx.rows(queries.hot_list_mark())[0]
        if mark != self._mark:
            wanted = tx.find(HotListEntry, state=ReportState.OPEN)
            self._hot_list = HotList(wanted)
            self._mark = mark


def _require(agencies: dict[str, Agency], agency_id: str) -> None:
    if agency_id not in agencies:
        raise UnknownAgency(agency_id)


def _past(tx: Transaction, entry: HotListEntry) -> list[Read]:
    keys = list(near_skeletons(entry.plate))
    return tx.select(Read, queries.reads_by_key(keys, entry.since))
