"""Where `lianfang locate` writes: a file that is there when all of it is, or a pipe."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import typer

from data.errors import FileRefused
from data.importers.csv_chunks import PIPE

CLOSED = 141
"""Exit code of a program whose reader went away: 128 and SIGPIPE."""


def require_other_file(out: Path, file: Path) -> None:
    """Refuse to write over what is read.

    Raises
    ------
    FileRefused
        The same file under any name, or a folder.
    """
    if str(out) == PIPE:
        return
    if out.is_dir():
        raise FileRefused(str(out), "is a folder: name a file in it")
    if out.exists() and os.path.samestat(out.stat(), _stat_of(file, out)):
        raise FileRefused(str(out), "is the file that is read: name another")


def _stat_of(file: Path, out: Path) -> os.stat_result:
    with suppress(OSError, ValueError):  # opening it will say what is wrong
        return os.fstat(sys.stdin.fileno()) if str(file) == PIPE else file.stat()
    return os.stat_result([0] * 10)


@contextmanager
def open_output(out: Path) -> Iterator[BinaryIO]:
    """Open what is written; a file takes its name when the block ends well.

    Raises
    ------
    FileRefused
        It cannot be written, or not to its end.
    typer.Exit
        Nobody reads the pipe any more, as after ``| head``.
    """
    if str(out) == PIPE:
        with _quiet_when_closed():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as to:
            yield to
        part.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(str(out), f"cannot be written ({reason})") from error
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def _quiet_when_closed() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # else the interpreter tries to write the rest when it ends, and says so
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(CLOSED) from None
