"""``hotlist overdue``: which entries expired and were not renewed, by county."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli import AsJson, Db
from api.hot_list_shapes import OverdueOut
from api.overdue import overdue_out
from api.service import open_service
from api.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add ``hotlist`` to a command line."""
    hot_list = typer.Typer(help="What is wanted, and until when.")
    hot_list.callback()(_only_a_group)
    hot_list.command("overdue")(overdue)
    app.add_typer(hot_list, name="hotlist")


def _only_a_group() -> None:
    """Keep the command under its group, also while it is the only one."""


def overdue(
    agency: Annotated[
        str | None, typer.Option("--agency", help="Only entries of this agency.")
    ] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List entries that expired and were not renewed, and count them by agency.

    They are still matched, and give advice to verify before anybody is stopped. Close
    the report, or have its agency report the vehicle anew.

    Examples: `lianfang hotlist overdue`,
    `lianfang hotlist overdue --agency 66000 --json`
    """
    settings = read_settings()
    settings = settings.model_copy(update={"db": db} if db else {})
    service = open_service(settings)
    try:
        found = overdue_out(service, agency_id=agency)
    finally:
        service.close()
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        _print(found, Console())


def _print(found: OverdueOut, console: Console) -> None:
    counts = Table("agency", "name", "overdue", "oldest due")
    for one in found.agencies:
        due = one.oldest.date().isoformat()
        counts.add_row(one.agency.id, one.agency.name, str(one.entries), due)
    console.print(counts)
    entries = Table("entry", "agency", "category", "verified", "expired", "days over")
    for entry in found.entries:
        entries.add_row(
            entry.id,
            entry.agency.id,
            entry.category,
            entry.verified_at.date().isoformat(),
            entry.expires_at.date().isoformat(),
            f"{entry.days_over:.0f}",
        )
    console.print(entries)
