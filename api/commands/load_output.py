"""What the commands that load files tell, and with what they work."""

import json as jsons
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.service import Service, open_archive, open_service
from api.settings import Settings, read_settings
from data.errors import ArchiveRefused, DataError
from data.importers.loading import Outcome
from data.importers.parsed import LoadKind
from data.reads.archive import Archive
from data.text import one_line
from geo.errors import GeoError
from routing.errors import RoutingError


def settings_of(db: Path | None) -> Settings:
    """Read the settings; a store that was named counts first."""
    settings = read_settings()
    return settings.model_copy(update={"db": db} if db else {})


def _free_archive(settings: Settings) -> Archive | None:
    """Open the archive; None when a service that runs has it and will do the search."""
    try:
        return open_archive(settings)
    except ArchiveRefused as error:
        if error.kind == "open":
            return None
        raise


@contextmanager
def opened(db: Path | None) -> Iterator[Service]:
    """Open the service for the length of a block; our errors are one red line."""
    with one_red_line():
        service = open_service(settings_of(db), archive_of=_free_archive)
        try:
            yield service
        finally:
            service.close()


def sentence(outcome: Outcome) -> str:
    """Tell in one line what became of a file."""
    load = outcome.load
    return (
        f"{load.kind} {load.file}: {load.rows} rows = {load.loaded} loaded "
        f"+ {load.duplicate} duplicate + {load.quarantined} quarantined"
    )


def tell(outcomes: list[Outcome], *, as_json: bool) -> None:
    """Print what became of files, as tables or as JSON."""
    if as_json:
        facts = [_facts(outcome) for outcome in outcomes]
        typer.echo(jsons.dumps(facts, ensure_ascii=False))
        return
    console = Console()
    for outcome in outcomes:
        console.print(_table(outcome))


def _facts(outcome: Outcome) -> dict[str, Any]:
    load = outcome.load
    return {
        "load_id": load.id,
        "kind": load.kind,
        "file": load.file,
        "rows": load.rows,
        "loaded": load.loaded,
        "duplicate": load.duplicate,
        "quarantined": load.quarantined,
        "blank": outcome.blank,
        "leads": outcome.leads,
        "reasons": dict(outcome.reasons),
        "repairs": dict(outcome.repairs),
        "notes": list(load.notes),
    }


def _table(outcome: Outcome) -> Table:
    load = outcome.load
    table = Table(title=Text(f"{load.kind}: {load.file}"), show_header=False)
    table.add_row("rows read", str(load.rows))
    table.add_row("loaded", str(load.loaded))
    table.add_row("duplicate", str(load.duplicate))
    table.add_row("quarantined", str(load.quarantined))
    for code, count in outcome.reasons.items():
        table.add_row(Text(f"  {code}"), str(count))
    for repair, count in outcome.repairs.items():
        table.add_row(Text(f"repaired: {repair}"), str(count))
    if load.kind == LoadKind.READS:
        table.add_row("leads raised", str(outcome.leads))
    if outcome.blank:
        table.add_row("blank lines, not rows", str(outcome.blank))
    for note in load.notes:
        table.add_row("note", Text(note))
    return table


@contextmanager
def one_red_line() -> Iterator[None]:
    """Turn what we refuse on purpose into one line and exit code 1."""
    try:
        yield
    except (DataError, GeoError, RoutingError) as error:
        red_line(error)
        raise typer.Exit(1) from error


def red_line(error: Exception | str) -> None:
    """Print one line on stderr."""
    typer.secho(one_line(error), fg=typer.colors.RED, err=True)
