"""The desk: the verbs of the service, where store, geo and matching meet.

Each verb is one transaction: the record, the leads it raises and the deliveries
they cause are kept together or not at all. The hot list in memory is a pure
function of the open entries of the store, and is read again whenever the store's
mark says that somebody else changed it.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from data import queries
from data.errors import ArchiveRefused, KeyReused
from data.reads.archive import Archive
from data.reads.columns import Reads, reads_of
from data.reads.incoming import Incoming, incoming_of
from data.records import (
    Agency,
    HotListEntry,
    Judgement,
    Lead,
    LeadState,
    QuarantinedRow,
    Read,
    Report,
    ReportState,
)
from data.store import Transaction
from geo.errors import GeoError
from routing.answers import ReadsAnswer, ReportAnswer, ReportsAnswer, nothing_more
from routing.errors import (
    JudgementRefused,
    ReportNotOpen,
    RoutingError,
    UnknownAgency,
)
from routing.incidents import NONE_RAISED, Raised
from routing.intake import Unfit, as_message
from routing.judging import (
    require_complete,
    require_signed,
    says_the_same,
    state_of,
)
from routing.listing import entry_of, require_possible
from routing.office import Office
from routing.pairing.kinds import PAIR_KIND
from routing.progress import SCREENED
from routing.rules import CANCEL, Recipient, hot_list_recipients

log = logging.getLogger(__name__)

ADOPTED = "adopted"
"""The store's mark: the reads that it kept itself are in the archive."""


class Desk(Office):
    """The service's verbs; safe under threads, one verb at a time.

    Reads are appended to the archive beside each other.

    Parameters
    ----------
    now
        The clock; every time that is kept comes from it or from a message.
    """

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
        with self._verb() as tx:
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
        with self._verb() as tx:
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
        every = self._pairing.of(tx, report.kind)
        if not tx.add(report):
            return self._known(tx, report)
        if report.state is not ReportState.OPEN:
            return ReportAnswer(report, None, True, ())
        pairs = tuple(
            lead for among in every for lead in self._raise_pairs(tx, report, among)
        )
        if entry is None:
            return ReportAnswer(report, None, True, pairs)
        tx.add(entry)
        self._changed.append(entry)
        recipients = hot_list_recipients(report, self._agencies.values())
        self._tell(tx, ("report", report.id, 1), recipients)
        past = self._past(tx, entry)
        n = len(past.leads)
        log.info("opened report %s: %d leads from past reads", report.id, n)
        return ReportAnswer(report, entry, True, (*past.leads, *pairs), past.reads)

    def record_reads(
        self,
        reads: Sequence[Read],
        refused: Sequence[QuarantinedRow] = (),
        *,
        also: Callable[[Transaction, ReadsAnswer], None] = nothing_more,
    ) -> ReadsAnswer:
        """Keep reads that came as records; see `record`."""
        return self.record(incoming_of(reads), refused, also=also)

    def record(
        self,
        incoming: Incoming,
        refused: Sequence[QuarantinedRow] = (),
        *,
        hold: Callable[[Incoming, Unfit], QuarantinedRow] | None = as_message,
        also: Callable[[Transaction, ReadsAnswer], None] = nothing_more,
    ) -> ReadsAnswer:
        """Keep reads and raise leads; what cannot be kept goes to quarantine.

        `refused` are rows of the same batch that were no reads at all. A read
        that is already kept, or stands twice in the batch, is counted as duplicate
        and raises nothing anew. `hold` makes the quarantine row of a read that
        cannot be kept; with None the caller holds those of the answer itself.
        `also` is called at the end of the transaction, to keep what belongs to
        the batch.

        The reads are on disk in the archive before they are screened. What is killed
        between the two is screened when the service starts again (`catch_up`).

        Raises
        ------
        ArchiveRefused
            The archive takes nothing now; nothing was kept.
        """
        archive = self._require_archive()
        completed = self._completer.complete(incoming)
        with self._progress.on_a_batch():
            appended = archive.append(completed.reads)
            held = {row.id: row for row in refused}
            if hold is not None:
                held |= {
                    row.id: row for row in map(partial(hold, incoming), completed.unfit)
                }
            received = len(incoming) + len(refused)
            quarantined = len(completed.unfit) if hold is None else len(held)
            answer = ReadsAnswer(
                received=received,
                stored=appended.stored,
                duplicate=received - appended.stored - quarantined,
                quarantined=quarantined,
                leads=(),
                unfit=tuple(completed.unfit),
            )
            return self._screened(appended.new, answer, list(held.values()), also)

    def catch_up(self) -> tuple[Lead, ...]:
        """Do what was left to do when a service died, or by who had no archive.

        Reads that were kept are screened, and past reads searched.
        """
        if self.archive is None:
            return ()
        with self._verb() as tx:
            self._adopt(tx, self.archive)
            raised = self._owed(tx)
            begin = tx.mark(SCREENED)
        for reads in self.archive.since(begin):
            answer = ReadsAnswer(len(reads), len(reads), 0, 0, ())
            done = self._screened(reads, answer, [], nothing_more)
            raised += Raised(done.leads, done.lead_reads)
        return raised.leads

    def _screened(
        self,
        reads: Reads,
        answer: ReadsAnswer,
        held: list[QuarantinedRow],
        also: Callable[[Transaction, ReadsAnswer], None],
    ) -> ReadsAnswer:
        """Raise the leads of new reads; what fails is tried with the next batch.

        A batch that the store refused is a duplicate when it is sent again.
        """
        try:
            return self._screen(reads, answer, held, also)
        except BaseException:
            with self._turn:
                self._unscreened.append(reads)
            raise

    def _screen(
        self,
        reads: Reads,
        answer: ReadsAnswer,
        held: list[QuarantinedRow],
        also: Callable[[Transaction, ReadsAnswer], None],
    ) -> ReadsAnswer:
        """Match beside others, and write to the store only when there is need."""
        with self._turn:
            owes = self._look()
            view = self.watch.now
        found = self.watch.suspicions(reads, view)
        with self._turn:
            left = list(self._unscreened)
            is_due = owes or self.watch.now is not view or self._progress.is_due()
            if found or held or left or is_due or also is not nothing_more:
                with self.store.write() as tx:
                    self._refresh(tx)
                    if self.watch.now is not view:
                        owes, found = True, self.watch.suspicions(reads, self.watch.now)
                    for batch in left:
                        found += self.watch.suspicions(batch, self.watch.now)
                    tx.add_all(held)
                    raised = self._raise(tx, found)
                    raised += self._owed(tx) if owes else NONE_RAISED
                    leads, seen = raised.leads, raised.reads
                    answer = replace(answer, leads=leads, lead_reads=seen)
                    tx.set_mark(SCREENED, self._progress.begin())
                    also(tx, answer)
                self._progress.noted()
            self._unscreened = self._unscreened[len(left) :]
            if not self._unscreened:
                self._progress.all_screened()
            silence = self._over
        heard = {one.read_id for one in answer.lead_reads}
        silence.tell(reads, {s.read.plate for s in found if s.read.id in heard})
        return answer

    def _adopt(self, tx: Transaction, archive: Archive) -> None:
        """Take over the reads of a store that was there before there were archives."""
        if not tx.mark(ADOPTED):
            is_first = archive.position == 0
            adopted = archive.append(reads_of(tx.find(Read), {}))
            if is_first:
                tx.set_mark(SCREENED, adopted.position)
            tx.set_mark(ADOPTED, 1)

    def _require_archive(self) -> Archive:
        if self.archive is None:
            raise ArchiveRefused(
                "another process has the reads archive: send the reads to it",
                kind="open",
            )
        return self.archive

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
        with self._verb() as tx:
            report = tx.get(Report, report_id)
            if report.state is not ReportState.OPEN:
                raise ReportNotOpen(report_id, report.state)
            closed = self._close(tx, report, reason, at)
        log.info("closed report %s", report_id)
        return closed

    def _close(
        self, tx: Transaction, report: Report, reason: str, at: datetime
    ) -> Report:
        every = self._pairing.of(tx, report.kind)
        closed = replace(
            report,
            state=ReportState.CLOSED,
            closed_reason=reason,
            version=report.version + 1,
        )
        tx.replace(closed, at=at)
        for among in every:
            among.closed(closed)
        self._silence(tx, closed, at)
        self._withdraw(tx, closed, at)
        return closed

    def judge(self, judgement: Judgement) -> Lead:
        """Keep a person's verdict on a lead.

        The same verdict sent again by the same person changes nothing.

        Raises
        ------
        RecordNotFound, UnknownAgency
        JudgementRefused
            When it is positive without all that belongs together compared, the lead
            was withdrawn, nobody signed, or the pair of reports is others'.
        """
        require_signed(judgement)
        with self._verb() as tx:
            _require(self._agencies, judgement.agency_id)
            lead = tx.get(Lead, judgement.lead_id)
            if lead.state is LeadState.WITHDRAWN:
                raise JudgementRefused(f"lead {lead.id!r} was withdrawn")
            ids = [one for one in (lead.report_id, lead.other_report_id) if one]
            sides = [tx.get(Report, one) for one in ids]
            require_complete(judgement, lead.kind, sides)
            said = tx.select(Judgement, queries.judgements_of([lead.id]))
            if said and says_the_same(said[-1], judgement):
                return lead
            tx.add(judgement)
            state = state_of([*said, judgement], sides)
            judged = replace(lead, state=state, version=lead.version + 1)
            tx.replace(judged, at=judgement.at)
            pair = PAIR_KIND.get(lead.kind)
            if state is LeadState.POSITIVE and pair and pair.confirmed:
                for report in sides:
                    if report.state is ReportState.OPEN:
                        self._close(tx, report, pair.confirmed, judgement.at)
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

    def _silence(self, tx: Transaction, report: Report, at: datetime) -> None:
        for entry in tx.find(HotListEntry, report_id=report.id, state=ReportState.OPEN):
            closed = replace(
                entry, state=report.state, until=at, version=entry.version + 1
            )
            tx.replace(closed, at=at)
            self._changed.append(closed)

    def _withdraw(self, tx: Transaction, report: Report, at: datetime) -> None:
        leads = tx.select(Lead, queries.leads_of(report.id))
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


def _require(agencies: dict[str, Agency], agency_id: str) -> None:
    if agency_id not in agencies:
        raise UnknownAgency(agency_id)
