"""The `lianfang` command.

Exit codes: 0 done, 1 bad input (one line says which file, row, reason and
remedy), 2 bad use of the command.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console

from api.errors import DoorError, UnknownSetting
from api.settings import PREFIX, read_settings
from data.errors import DataError
from data.text import one_line
from geo.errors import GeoError
from matching.errors import MatchingError
from routing.errors import RoutingError

OURS = (DataError, GeoError, MatchingError, RoutingError, DoorError)

HELP = """聯防 lianfang：跨縣市協尋比對。Cross-county case matching for Taiwan's police.

A lead is never a verdict: plate, vehicle and list are compared by a person first.
"""

app = typer.Typer(
    name="lianfang", help=HELP, no_args_is_help=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

Db = Annotated[
    Path | None,
    typer.Option("--db", help="The store's file (default var/lianfang.db)."),
]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port on 127.0.0.1 (default 8000).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@app.callback()
def _main(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


@app.command()
def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Stop after the summary.")
    ] = False,
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(help="Another night.")] = 20260301,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", exists=True, file_okay=False,
            help="Folder of real site files (cameras, ATMs, stations) to show too.",
        ),
    ] = None,
    port: Port = None,
) -> None:  # fmt: skip
    """Play a seeded night in eight counties on the real boundaries, then the map.

    Examples: `lianfang demo`, `lianfang demo --no-serve --json`,
    `lianfang demo --data my-sites/ --port 8010`.
    """
    from api.commands import demo as night
    from api.commands.load import load_site_folder
    from api.commands.serve import NOTICE, require_port, serve
    from api.service import wall_clock

    console = Console(stderr=as_json)
    port = port or read_settings().port
    if not no_serve:
        require_port(port)
    with night.only_demo(night.FOLDER):
        made = night.run_night(
            night.FOLDER, seed=seed, console=console,
            load_sites=None if data is None
            else lambda service: load_site_folder(service, data, console),
        )  # fmt: skip
        if as_json:
            print_json(made.figures())
        else:
            night.print_summary(made, console)
        if no_serve:
            made.service.close()
            return
        made.service.use_clock(wall_clock)
        console.print(f"[bold green]地圖 http://127.0.0.1:{port}/[/]  （Ctrl+C 結束）")
        console.print(f"[dim]{NOTICE}[/]")
        serve(made.service, port=port)


@app.command()
def serve(db: Db = None, port: Port = None) -> None:
    """Serve the page and the HTTP interface on 127.0.0.1.

    Example: `lianfang serve --db var/lianfang.db --port 8000`
    """
    from api.commands.serve import NOTICE, require_port
    from api.commands.serve import serve as run
    from api.service import open_archive, open_service

    settings = read_settings()
    settings = settings.model_copy(update={"db": db} if db else {})
    chosen = port or settings.port
    require_port(chosen)
    console = Console(stderr=True)
    console.print(f"http://127.0.0.1:{chosen}/  store {settings.db}")
    console.print(f"[dim]{NOTICE}[/]")

    def say_so() -> None:
        console.print("[dim]building the grid of the boundaries, once …[/]")

    service = open_service(settings, build_tables=say_so, archive_of=open_archive)
    run(service, port=chosen, settings=settings)


def main() -> None:
    """Run the command; an error of ours is one line and exit code 1."""
    with one_line_errors():
        complete(app, sys.argv[1] if len(sys.argv) > 1 else None)()


MODULES = {
    "load": "load",
    "quarantine": "load",
    "locate": "locate",
    "near": "near",
    "sites": "near",
    "reach": "reach",
    "where": "where",
    "evaluate": "evaluate",
    "evaluate-links": "evaluate_links",
    "archive": "archive",
    "hotlist": "hotlist",
    "link": "link",
    "train": "link",
}
"""Which module of `api.commands` has which command."""

OWN = ("demo", "serve")
"""Commands that stand in this module."""


def complete(app: typer.Typer, wanted: str | None = None) -> typer.Typer:
    """Add the commands that live in modules of their own; return the whole.

    If one of them is wanted, only its module is loaded: all take a second longer.
    """
    names = [MODULES[wanted]] if wanted in MODULES else dict.fromkeys(MODULES.values())
    for name in () if wanted in OWN else names:
        import_module(f"api.commands.{name}").register(app)
    return app


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error of ours into one line on stderr and exit code 1."""
    try:
        yield
    except UnknownSetting as error:
        _fail(error, 2)
    except KeyboardInterrupt:
        _fail("interrupted: what was not finished was not kept", 130)
    except OURS as error:
        _fail(error, 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}: nothing more was done", 1)
    except ValidationError as error:  # of the settings: bodies have their own handler
        _fail(bad_setting(error), 2)


def bad_setting(error: ValidationError) -> str:
    """Say which setting cannot be used and why, in one line."""
    return "; ".join(
        f"{PREFIX}{'_'.join(map(str, found['loc'])).upper()}: {found['msg']}"
        for found in error.errors(include_url=False, include_input=False)
    )


def _fail(error: Exception | str, code: int) -> NoReturn:
    Console(stderr=True).print(
        f"lianfang: {one_line(error)}", style="red", markup=False, soft_wrap=True
    )
    raise SystemExit(code)


def print_json(content: Any) -> None:  # noqa: ANN401
    """Print one JSON value and a line end."""
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.flush()
