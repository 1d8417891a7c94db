"""``archive``: the archive of reads checked, exported, thinned out and searched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from api.settings import read_settings
from data.dates import TAIPEI, day_or_moment, roc_date
from data.errors import FileRefused, RecordNotFound
from data.reads.answers import Cut, Limits
from data.reads.archive import Archive
from data.reads.check import Checked
from data.reads.check import check as check_folder
from data.reads.columns import Reads, micros_of
from data.reads.folder import logs_in
from data.reads.manifest import NAME
from data.reads.parquet import days_of, write_day
from data.reads.protocol import IsHeld
from data.reads.segment import Segment
from data.records import Read
from matching.plates import ANY
from routing.questions import Found, Likely, Matches, fuzzy, wildcard

Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="The archive (default: reads beside the store)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

MICROSECOND = timedelta(microseconds=1)
SECONDS = 30.0
"""A search takes no longer."""

SHOWN = ("at", "plate", "camera_id", "county_code", "vehicle_type", "colour")


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge threw away, or would throw away.

    Attributes
    ----------
    reads
        Thrown away.
    held
        Older reads that are kept for cases.
    deleted
        Files that go.
    rewritten
        How many segments are written anew, because some of their reads stay.
    """

    reads: int
    held: int
    deleted: int
    rewritten: int


def register(app: typer.Typer) -> None:
    """Add ``archive`` to a command line."""
    archive = typer.Typer(help="The archive of all reads of plates.")
    archive.command("check")(check)
    archive.command("parquet")(parquet)
    archive.command("purge")(purge)
    archive.command("search")(search)
    app.add_typer(archive, name="archive")


def check(*, folder: Folder = None, as_json: AsJson = False) -> None:
    """Compare every file with what was written; exit code 1 if one differs.

    Nothing is changed. Nobody else may have the archive open.

    Example: `lianfang archive check --folder var/reads`
    """
    found = check_folder(_existing(folder))
    if as_json:
        _print_json(asdict(found))
    else:
        _print_checked(found)
    if found.faults:
        raise typer.Exit(1)


def parquet(
    day: Annotated[
        str | None, typer.Argument(help="A day in Taiwan, as 2026-03-01 or 115/3/1.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    every: Annotated[bool, typer.Option("--all", help="All days there are.")] = False,
    folder: Folder = None,
) -> None:
    """Write days of reads as GeoParquet, one file each, for other programs.

    Examples: `lianfang archive parquet 2026-03-01 --out days/`,
    `lianfang archive parquet --all --out days/`
    """
    if (day is None) is not every:
        raise typer.BadParameter("give a day, or --all")
    with _opened(folder) as archive:
        days = days_of(archive) if day is None else [_day_with_reads(archive, day)]
        console = Console(stderr=True)
        for one in track(
            days, "days", console=console, transient=True,
            disable=not console.is_terminal,
        ):  # fmt: skip
            typer.echo(str(write_day(archive, one, out)))


def purge(
    *,
    before: Annotated[
        str, typer.Option("--before", help="A day in Taiwan; its own reads stay.")
    ],
    really: Annotated[
        bool, typer.Option("--really", help="Do it; else only say what would go.")
    ] = False,
    sure: Annotated[
        bool, typer.Option("--sure", help="The clock is right, though it jumped.")
    ] = False,
    as_json: AsJson = False,
    folder: Folder = None,
) -> None:
    """Throw away the reads made before a day; only say so unless --really is given.

    Reads that a lead names stay in the store with it.

    Examples: `lianfang archive purge --before 2026-03-01`,
    `lianfang archive purge --before 2026-03-01 --really`
    """
    moment = day_or_moment(before)[0]
    with _opened(folder) as archive:
        gone = purge_before(
            archive, moment, now=datetime.now(UTC), really=really, sure=sure
        )
    if as_json:
        _print_json(asdict(gone) | {"before": _local(moment), "done": really})
        return
    verb, advice = ("thrown away", "") if really else ("to go", "; --really does it")
    typer.echo(
        f"{gone.reads:,} reads made before {_local(moment)} {verb}: {gone.deleted:,} "
        f"files deleted, {gone.rewritten:,} segments written anew, {gone.held:,} "
        f"reads held{advice}"
    )


def purge_before(
    archive: Archive,
    before: datetime,
    *,
    now: datetime,
    is_held: IsHeld | None = None,
    really: bool = False,
    sure: bool = False,
) -> Purged:
    """Throw away the reads made before a moment, or only count them.

    Parameters
    ----------
    is_held
        Which reads are kept for cases; None for none of them.
    really
        False changes nothing but that reads in memory are sealed.
    sure
        The clock is right, though it jumped.

    Raises
    ------
    ArchiveRefused
        ``clock``, see `data.reads.upkeep.Upkeep.purge`.
    """
    archive.rotate()
    archive.upkeep.seal_waiting()
    planned = _planned(archive, micros_of(before), is_held)
    if really:
        archive.purge(before, now=now, is_held=is_held or _none_of, sure=sure)
    return planned


def search(  # noqa: PLR0913 - these are the options of the command line
    plate: Annotated[
        str, typer.Argument(help="Plate; ? stands for an unknown character.")
    ],
    *,
    misread: Annotated[
        bool, typer.Option("--fuzzy", help="What it may be misread as, too.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Taiwan time: 2026-03-01 22:10, or a day."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Included; of a day, all of it.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Reads at most.")] = 100,
    as_json: AsJson = False,
    folder: Folder = None,
) -> None:
    """List the reads of a plate, or of all plates that fit a pattern, by time.

    Examples: `lianfang archive search BKD-5826 --since 2026-03-01`,
    `lianfang archive search "BKD-58??"`, `lianfang archive search BKD-5826 --fuzzy`
    """
    if misread and ANY in plate:
        raise typer.BadParameter("--fuzzy wants a whole plate: leave out one of both")
    first, last = _first_of(since), _last_of(until)
    limits = Limits(limit, SECONDS)
    answer: Likely | Matches
    with _opened(folder) as archive:
        if misread:
            answer = fuzzy(archive, plate, since=first, until=last, limits=limits)
        else:
            answer = wildcard(archive, plate, since=first, until=last, limits=limits)
        rows = [row for piece in answer for row in _rows(piece)]
    if as_json:
        told = {"reads": rows, "cut": asdict(answer.cut) if answer.cut else None}
        _print_json(told)
        return
    _print_rows(rows, answer.cut, misread=misread)


def _existing(given: Path | None) -> Path:
    """Return the folder of an archive that is there.

    Raises
    ------
    FileRefused
    """
    folder = given or read_settings().reads_folder
    if not (folder / NAME).exists() and not (folder.is_dir() and logs_in(folder)):
        raise FileRefused(str(folder), "there is no archive of reads: see --folder")
    return folder


@contextmanager
def _opened(given: Path | None) -> Iterator[Archive]:
    """Open an archive; its logs stay, for whoever has still to read them."""
    with Archive(_existing(given), released=0) as archive:
        yield archive


def _day_with_reads(archive: Archive, text: str) -> date:
    day = roc_date(text)
    if day not in days_of(archive):
        raise RecordNotFound("day with reads", f"{day:%Y-%m-%d}")
    return day


def _planned(archive: Archive, before: int, is_held: IsHeld | None) -> Purged:
    reads = held = deleted = rewritten = 0
    for one in archive.view.segments:
        if one.first < before:
            old, kept = _old_of(archive, one, before, is_held)
            reads, held = reads + old - kept, held + kept
            deleted += len(one.sealed.checksums)
            rewritten += len(one) > old - kept
    return Purged(reads, held, deleted, rewritten)


def _old_of(
    archive: Archive, one: Segment, before: int, is_held: IsHeld | None
) -> tuple[int, int]:
    """Count the old reads of a segment, and those of them that are held."""
    if is_held is None and one.last < before:
        return len(one), 0
    rows = np.arange(len(one))
    rows = rows[one.times(rows) < before]
    held = 0 if is_held is None else is_held(one.reads(rows, archive.names)).sum()
    return rows.size, int(held)


def _none_of(reads: Reads) -> NDArray[np.bool_]:
    return np.zeros(len(reads), dtype=np.bool_)


def _first_of(text: str | None) -> datetime | None:
    return None if text is None else day_or_moment(text)[0]


def _last_of(text: str | None) -> datetime | None:
    """Return the last moment that is meant, as a day's last microsecond."""
    if text is None:
        return None
    first, behind = day_or_moment(text)
    return first if first == behind else behind - MICROSECOND


def _rows(piece: Found | Reads) -> Iterator[dict[str, Any]]:
    if isinstance(piece, Reads):
        yield from map(_row, piece.records())
        return
    chances = piece.probability.tolist()
    for read, chance in zip(piece.reads.records(), chances, strict=True):
        yield _row(read) | {"probability": chance}


def _row(read: Read) -> dict[str, Any]:
    return {
        "at": _local(read.at),
        "plate": read.plate,
        "plate_raw": read.plate_raw,
        "camera_id": read.camera_id,
        "sequence": read.sequence,
        "county_code": read.spot.county_code,
        "lng": read.spot.lng,
        "lat": read.spot.lat,
        "confidence": read.confidence,
        "vehicle_type": read.vehicle_type,
        "colour": read.colour,
        "received_at": _local(read.received_at),
        "late": read.late,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(TAIPEI).isoformat()


def _print_json(content: object) -> None:
    typer.echo(orjson.dumps(content).decode())


def _print_checked(found: Checked) -> None:
    table = Table(show_header=False)
    table.add_row("segments", f"{found.segments:,}")
    table.add_row("reads in them", f"{found.sealed:,}")
    table.add_row("logs", f"{found.logs:,}")
    table.add_row("reads in them", f"{found.unsealed:,}")
    table.add_row("torn bytes, never acknowledged", f"{found.torn:,}")
    table.add_row("faults", f"{len(found.faults):,}")
    for fault in found.faults:
        table.add_row(Text(fault.file), Text(fault.reason))
    Console().print(table)


def _print_rows(rows: list[dict[str, Any]], cut: Cut | None, *, misread: bool) -> None:
    shown = (*SHOWN, "probability") if misread else SHOWN
    table = Table(*shown)
    for row in rows:
        told = (row[name] for name in shown)
        table.add_row(*(Text(_told(one)) for one in told))
    Console().print(table if rows else "no read fits")
    if cut:
        typer.echo(_TOLD_CUT[cut.kind].format(cut.limit), err=True)


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2g}"
    return "" if value is None else str(value)


_TOLD_CUT = {
    "rows": "there are more than these {:,} reads: raise --limit or narrow the time",
    "time": "stopped after {:g} seconds: narrow the time or the pattern",
    "plates": "more than {:,} plates fit: give more characters",
}
