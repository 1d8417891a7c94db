"""Files of reports, hot lists and reads: through the desk, whole or not at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from data.importers.loading import Outcome, keep_quarantine, load_of, outcome
from data.importers.parsed import LoadKind, Parsed, Refusal, Setting
from data.importers.redriving import Redriven, Retried, mark_redriven, retry
from data.reads.incoming import incoming_of
from data.records import QuarantinedRow
from data.store import Transaction
from routing.answers import ReadsAnswer, ReportsAnswer
from routing.desk import Desk


def keep_records(desk: Desk, parsed: Parsed, *, at: datetime) -> Outcome:
    """Send the records of a file through the desk, in one transaction.

    Rows that the desk refuses are held beside those that could not be read.
    Loading the same file again changes nothing.
    """
    if parsed.kind is LoadKind.READS:
        return _keep_reads(desk, parsed, at)
    return _keep_reports(desk, parsed, at)


def _keep_reports(desk: Desk, parsed: Parsed, at: datetime) -> Outcome:
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


def _keep_reads(desk: Desk, parsed: Parsed, at: datetime) -> Outcome:
    refused: list[Refusal] = []

    def also(tx: Transaction, answer: ReadsAnswer) -> None:
        refused.extend(parsed.refused)
        for unfit in answer.unfit:
            row = parsed.row_of[parsed.records[unfit.row].id]
            refused.append(Refusal(row, unfit.code, unfit.reason))
        keep_quarantine(tx, parsed, refused, at=at)
        tx.add(load_of(parsed, loaded=answer.stored, refused=len(refused), at=at))

    answer = desk.record(incoming_of(parsed.records), hold=None, also=also)
    load = load_of(parsed, loaded=answer.stored, refused=len(refused), at=at)
    return outcome(parsed, load, refused)


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
