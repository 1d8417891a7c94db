"""`lianfang load reads`: files of any size, and pipes, through the desk."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from api.commands.load_output import red_line
from api.commands.locate_progress import shown_progress
from api.read_files import PIPE, open_pipe, open_reads
from api.service import Service
from data.errors import ArchiveRefused, DataError
from data.importers.loading import Outcome
from data.importers.parsed import Options, Setting
from data.importers.read_pieces import ReadsFile
from routing.loading import Kept, keep_reads, load_outcome

A_MOMENT_S = 1.0
"""How long to wait for an archive that has more than it can seal."""


def load_reads(
    service: Service, path: Path, options: Options, *, shown: bool | None
) -> Outcome | None:
    """Load a file of reads piece by piece; None when it was refused.

    Whatever ends it in the middle, one line says how many rows were taken.
    """
    if service.archive is None:
        raise ArchiveRefused(
            "the service that runs has the reads archive: put the file into its inbox, "
            "send it to POST /reads, or stop the service first",
            kind="open",
        )
    setting = Setting(service.boundaries, service.now(), options)
    if str(path) == PIPE:
        file = open_pipe(sys.stdin.buffer, setting)
    else:
        file = open_reads(path, setting)
    kept = Kept()
    try:
        with shown_progress(file.size, wanted=shown) as told:
            for kept in _kept(service, file, setting):
                told(kept.rows, kept.size)
    except DataError as error:
        red_line(f"{error}{_so_far(kept)}")
        return None
    except KeyboardInterrupt:
        red_line(f"interrupted{_so_far(kept)}")
        raise typer.Exit(130) from None
    return load_outcome(file, kept, at=setting.at)


def _kept(service: Service, file: ReadsFile, setting: Setting) -> Iterator[Kept]:
    return keep_reads(
        service.desk, file, at=setting.at, wait=lambda: time.sleep(A_MOMENT_S)
    )


def _so_far(kept: Kept) -> str:
    if not kept.rows:
        return ""
    return (
        f"; of the {kept.rows} rows before that, {kept.loaded} were stored, "
        f"{kept.duplicate} were there and {kept.quarantined} are held: load the same "
        "file again for the rest"
    )
