"""Keeping what a file held: sites, quarantined rows and the load itself.

One file is one transaction, so a load that dies leaves all of it or nothing. The
same file again changes nothing: every site is a duplicate and every refused row is
already held. Always: rows read = loaded + duplicate + quarantined.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from data.importers.parsed import (
    SITE_KINDS,
    LoadKind,
    Options,
    Parsed,
    Refusal,
    Source,
    conflict_with,
    load_id,
    says_the_same,
)
from data.importers.reading import parse_file
from data.records import Load, QuarantinedRow, Site, content_id
from data.store import Store, Transaction
from geo.boundaries import Boundaries


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file.

    Attributes
    ----------
    reasons
        How many rows were quarantined for each code.
    repairs
        How often each thing was mended in rows that were read.
    blank
        Lines without any value; they are not rows.
    leads
        How many the rows raised; of reads only.
    """

    load: Load
    reasons: Mapping[str, int]
    repairs: Mapping[str, int]
    blank: int
    leads: int = 0

    def __post_init__(self) -> None:
        load = self.load
        accounted = load.loaded + load.duplicate + load.quarantined
        assert load.rows == accounted, f"{load.rows} rows read, {accounted} accounted"


def load_sites(
    store: Store,
    path: Path,
    kind: LoadKind,
    *,
    options: Options,
    boundaries: Boundaries,
    at: datetime,
) -> Outcome:
    """Load a file of cameras, cash machines or stations in one transaction.

    Raises
    ------
    FileRefused
        Nothing of the file was kept.
    """
    parsed = parse_file(path, kind, options=options, boundaries=boundaries, at=at)
    return keep_sites(store, parsed, at=at)


def keep_sites(store: Store, parsed: Parsed, *, at: datetime) -> Outcome:
    """Keep the sites and the refused rows of a file that was read.

    A site that is kept already with other content is not overwritten: its row goes
    to quarantine as a ``conflict``.
    """
    require_sites(parsed.kind)
    with store.write() as transaction:
        added, conflicts = add_sites(transaction, parsed.records)
        refused = (*parsed.refused, *_refusals(parsed, conflicts))
        load = load_of(parsed, loaded=len(added), refused=len(refused), at=at)
        keep_quarantine(transaction, parsed, refused, at=at)
        transaction.add(load)
    return outcome(parsed, load, refused)


def require_sites(kind: LoadKind) -> None:
    """Refuse kinds whose records go through the desk."""
    if kind not in SITE_KINDS:
        raise ValueError(f"{kind} are not sites: they are kept by the desk")


def add_sites(
    transaction: Transaction, sites: Sequence[Site]
) -> tuple[set[str], dict[str, str]]:
    """Keep the sites that are new.

    Returns
    -------
    added, conflicts
        The ids that were new, and for each id that is kept with other content, why.
    """
    kept = transaction.get_all(Site, [site.id for site in sites])
    conflicts = {
        site.id: conflict_with(kept[site.id])
        for site in sites
        if site.id in kept and not says_the_same(kept[site.id], site)
    }
    return transaction.add_all(sites), conflicts


def keep_quarantine(
    transaction: Transaction,
    parsed: Parsed,
    refused: Sequence[Refusal] | None = None,
    *,
    at: datetime,
) -> set[str]:
    """Hold the refused rows of a file; return the ids that were not held before.

    Parameters
    ----------
    refused
        All of the rows to hold, when there are others than ``parsed.refused``.
    """
    rows = parsed.refused if refused is None else refused
    return transaction.add_all([held_row(parsed, each, at=at) for each in rows])


def held_row(
    parsed: Parsed | Source, refusal: Refusal, *, at: datetime
) -> QuarantinedRow:
    """Make the quarantine row of a refused row of a file."""
    row = refusal.row
    digest = hashlib.sha256(row.raw).hexdigest()
    return QuarantinedRow(
        id=content_id("row", parsed.sha256, parsed.kind, row.number, digest),
        load_id=load_id(parsed),
        load_kind=parsed.kind,
        file=parsed.file,
        row=row.number,
        code=refusal.code,
        reason=refusal.reason,
        raw=row.raw,
        header=parsed.header,
        options=asdict(parsed.options) | {"shape": asdict(parsed.shape)},
        at=at,
    )


def load_of(parsed: Parsed, *, loaded: int, refused: int, at: datetime) -> Load:
    """Sum up a load; rows neither loaded nor refused are duplicates."""
    return Load(
        id=load_id(parsed),
        kind=parsed.kind,
        file=parsed.file,
        sha256=parsed.sha256,
        at=at,
        rows=parsed.rows,
        loaded=loaded,
        duplicate=parsed.rows - loaded - refused,
        quarantined=refused,
        notes=parsed.notes,
    )


def outcome(parsed: Parsed, load: Load, refused: Sequence[Refusal]) -> Outcome:
    """Tell what became of a file."""
    reasons = Counter(each.code for each in refused)
    return Outcome(load, dict(reasons.most_common()), parsed.repairs, parsed.blank)


def _refusals(parsed: Parsed, conflicts: Mapping[str, str]) -> list[Refusal]:
    """Find the rows of records that the store contradicts."""
    return [
        Refusal(parsed.row_of[record.id], "conflict", conflicts[record.id])
        for record in parsed.records
        if record.id in conflicts
    ]
