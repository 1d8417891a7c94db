"""Files through the desk: reports and hot lists whole, reads piece by piece."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.errors import ArchiveRefused
from data.importers.loading import (
    Outcome,
    held_row,
    keep_quarantine,
    load_of,
    outcome,
)
from data.importers.parsed import LoadKind, Parsed, Refusal, Setting, Source, load_id
from data.importers.read_pieces import Piece, ReadsFile
from data.importers.reading import counted_notes
from data.importers.redriving import Redriven, Retried, mark_redriven, retry
from data.reads.incoming import Incoming, incoming_of
from data.records import Load, QuarantinedRow
from data.store import Transaction
from routing.answers import ReadsAnswer, ReportsAnswer
from routing.desk import Desk
from routing.intake import Unfit

MOST_LEADS = 1_000
"""Leads of one file that are named; all are counted."""

MOST_WAITS = 60
"""How often the same piece is brought again before somebody is told."""


def keep_records(desk: Desk, parsed: Parsed, *, at: datetime) -> Outcome:
    """Send the reports of a file through the desk, in one transaction.

    Rows that the desk refuses are held beside those that could not be read.
    Loading the same file again changes nothing.
    """
    refused: list[Refusal] = []

    def also(tx: Transaction, answer: ReportsAnswer) -> None:
        refused.extend(parsed.refused)
        for report_id, reason in answer.refused.items():
            refused.append(Refusal(parsed.row_of[report_id], "desk", reason))
        keep_quarantine(tx, parsed, refused, at=at)
        tx.add(load_of(parsed, loaded=_new(answer), refused=len(refused), at=at))

    answer = desk.open_reports(parsed.records, also=also)
    load = load_of(parsed, loaded=_new(answer), refused=len(refused), at=at)
    return outcome(parsed, load, refused)


def _new(answer: ReportsAnswer) -> int:
    return sum(opened.is_new for opened in answer.answers.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a file of reads so far.

    Attributes
    ----------
    rows
        ``loaded + duplicate + quarantined``; ``blank`` ones are not rows.
    reasons, repairs
        How many rows were quarantined for each code, and mended in each way.
    leads
        How many were raised; ``lead_ids`` are the first of them.
    size
        Bytes of the file that were read.
    """

    rows: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    blank: int = 0
    leads: int = 0
    lead_ids: tuple[str, ...] = ()
    size: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)

    def and_(self, piece: Piece, answer: ReadsAnswer) -> "Kept":
        """Return what became of the file with one more piece."""
        codes = [each.code for each in piece.refused]
        codes += [each.code for each in answer.unfit]
        ids = [lead.id for lead in answer.leads]
        return Kept(
            rows=self.rows + answer.received,
            loaded=self.loaded + answer.stored,
            duplicate=self.duplicate + answer.duplicate,
            quarantined=self.quarantined + answer.quarantined,
            blank=self.blank + piece.blank,
            leads=self.leads + len(ids),
            lead_ids=(*self.lead_ids, *ids)[:MOST_LEADS],
            size=self.size + piece.size,
            reasons=self.reasons + Counter(codes),
            repairs=self.repairs + piece.repairs,
        )


def keep_reads(
    desk: Desk, file: ReadsFile, *, at: datetime, wait: Callable[[], object]
) -> Iterator[Kept]:
    """Send a file of reads through the desk, piece by piece.

    Each piece is on disk, and screened, before what became of the file so far is
    handed out. Whoever stops there loses nothing of it: the same file again stores
    the rest. The load itself is kept after the last piece.

    Parameters
    ----------
    wait
        Lets time pass, while the archive takes nothing because more came than it can
        seal.

    Raises
    ------
    FileRefused
        The file cannot be read any further.
    ArchiveRefused, StoreRefused
        The piece was not kept; sent again, each read of it is kept once.
    """
    kept = Kept()
    for piece in file.pieces:
        kept = kept.and_(piece, _keep_piece(desk, file.source, piece, at, wait))
        yield kept
    with desk.store.write() as tx:
        tx.add(_load(file, kept, at))


def load_outcome(file: ReadsFile, kept: Kept, *, at: datetime) -> Outcome:
    """Tell what became of a whole file of reads."""
    reasons = dict(kept.reasons.most_common())
    repairs = {
        name: n for name, n in kept.repairs.items() if not name.startswith("note: ")
    }
    return Outcome(_load(file, kept, at), reasons, repairs, kept.blank, kept.leads)


def _load(file: ReadsFile, kept: Kept, at: datetime) -> Load:
    return Load(
        id=load_id(file.source),
        kind=file.source.kind,
        file=file.source.file,
        sha256=file.digest(),
        at=at,
        rows=kept.rows,
        loaded=kept.loaded,
        duplicate=kept.duplicate,
        quarantined=kept.quarantined,
        notes=(*file.notes, *counted_notes(kept.repairs)),
    )


def _keep_piece(
    desk: Desk, source: Source, piece: Piece, at: datetime, wait: Callable[[], object]
) -> ReadsAnswer:
    def hold(_: Incoming, unfit: Unfit) -> QuarantinedRow:
        why = Refusal(piece.row(unfit.row), unfit.code, unfit.reason)
        return held_row(source, why, at=at)

    refused = [held_row(source, each, at=at) for each in piece.refused]
    for _ in range(MOST_WAITS):
        try:
            return desk.record(piece.incoming, refused, hold=hold)
        except ArchiveRefused as error:
            if error.kind != "behind":
                raise
        wait()
    return desk.record(piece.incoming, refused, hold=hold)


def redrive_records(
    desk: Desk, held: Sequence[QuarantinedRow], setting: Setting
) -> Redriven:
    """Try held rows of reports, hot lists and reads again, through the desk.

    Raises
    ------
    FileRefused
        The new options cannot be used; nothing was changed.
    """
    reads = [row for row in held if row.load_kind == LoadKind.READS]
    reports = [
        row for row in held if row.load_kind in (LoadKind.REPORTS, LoadKind.HOTLIST)
    ]
    by_reads = _redriven_reads(desk, retry(reads, setting), setting.at)
    by_reports = _redriven_reports(desk, retry(reports, setting), setting.at)
    return by_reads + by_reports


def _redriven_reads(desk: Desk, retried: list[Retried], at: datetime) -> Redriven:
    ready = _ready(retried)

    def also(tx: Transaction, answer: ReadsAnswer) -> None:
        unfit = {one.row for one in answer.unfit}
        done = [row for at, (row, _) in enumerate(ready) if at not in unfit]
        mark_redriven(tx, done, at=at)

    incoming = incoming_of([read for _, read in ready])
    answer = desk.record(incoming, hold=None, also=also)
    held = len(retried) - answer.stored - answer.duplicate
    return Redriven(len(retried), answer.stored, answer.duplicate, held)


def _redriven_reports(desk: Desk, retried: list[Retried], at: datetime) -> Redriven:
    ready = _ready(retried)

    def also(tx: Transaction, answer: ReportsAnswer) -> None:
        done = [row for row, report in ready if report.id in answer.answers]
        mark_redriven(tx, done, at=at)

    answer = desk.open_reports([report for _, report in ready], also=also)
    settled = sum(report.id in answer.answers for _, report in ready)
    loaded = _new(answer)
    return Redriven(len(retried), loaded, settled - loaded, len(retried) - settled)


def _ready(retried: list[Retried]) -> list[tuple[QuarantinedRow, Any]]:
    """Pair the held rows that became records with them."""
    return [(one.held, one.record) for one in retried if one.record is not None]
