"""Looking at a file before reading it: is it there, is it text, in which encoding.

Whatever cannot be loaded as a whole is refused here, in one line with a remedy,
and without holding more than one row of it in memory.
"""

import codecs
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from data.errors import FileRefused, RowRefused
from data.text import ENCODINGS, decode_as, decode_strictly

MAX_FILE = 2 * 1024**3
ANY_SIZE = 2**63
"""What is read piece by piece may be as large as a file can be."""

MAX_ROW = 1024**2
MAX_WHOLE = 256 * 1024**2
"""The largest file that is read as one document: JSON, GeoPackage, UTF-16."""

ENOUGH_EVIDENCE = 20_000
"""Lines with other than ASCII that are looked at to tell the encoding."""

_BINARY = {
    b"PK\x03\x04": "a zip, xlsx or ods file: export the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel file: export the sheet as CSV",
    b"%PDF": "a PDF: ask for the table as CSV",
    b"\x1f\x8b": "a gzip file: unpack it first",
    b"SQLite format 3": "a database: a GeoPackage must be named .gpkg",
    b"PAR1": "a Parquet file: export it as CSV",
}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a file's bytes found.

    ``is_sure`` is False when some lines are in another encoding.
    """

    path: Path
    sha256: str
    size: int
    encoding: str
    is_sure: bool


def survey(path: Path, encoding: str | None = None, *, most: int = MAX_FILE) -> Survey:
    """Go once over a text file and tell its encoding.

    Parameters
    ----------
    most
        Bytes of the largest file that is taken.

    Raises
    ------
    FileRefused
        Not there, not a file, empty, not text, too large, or with a line of more
        than 1 MB.
    """
    start = first_bytes(path, most=most)
    if encoding is not None:
        _require_encoding(path, encoding)
    for mark, known in _UTF16.items():
        if start.startswith(mark):
            return _survey_utf16(path, known)
    _refuse_binary(path, start)
    digest, evidence = hashlib.sha256(), _Evidence()
    for number, line in raw_lines(path):
        if b"\x00" in line:
            raise FileRefused(
                str(path), "looks like a binary file: export it as CSV", row=number
            )
        digest.update(line)
        evidence.see(line)
    return Survey(
        path,
        digest.hexdigest(),
        path.stat().st_size,
        encoding or evidence.encoding,
        encoding is not None or evidence.is_sure,
    )


def survey_document(path: Path, encoding: str | None = None) -> Survey:
    """Look at a text file that only makes sense as a whole, such as JSON.

    Raises
    ------
    FileRefused
        As `survey`, but its lines may be long; not over 256 MB, and every byte must
        be readable.
    """
    start = first_bytes(path)
    if encoding is not None:
        _require_encoding(path, encoding)
    size = path.stat().st_size
    if size > MAX_WHOLE:
        raise FileRefused(str(path), "larger than 256 MB: write one JSON object a line")
    raw = path.read_bytes()
    if not start.startswith(tuple(_UTF16)):
        _refuse_binary(path, start)
        if b"\x00" in raw:
            raise FileRefused(str(path), "looks like a binary file: export it as JSON")
    try:
        found = encoding or decode_strictly(raw)[1]
    except RowRefused as error:
        raise FileRefused(
            str(path), f"{error.reason}: name the encoding with --encoding"
        ) from error
    return Survey(path, hashlib.sha256(raw).hexdigest(), size, found, True)


def survey_binary(path: Path) -> Survey:
    """Check a file that a library will read, and take its checksum."""
    first_bytes(path)
    if path.stat().st_size > MAX_WHOLE:
        raise FileRefused(str(path), "larger than 256 MB: split it, or export CSV")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Survey(path, digest, path.stat().st_size, "binary", True)


def name_of(path: Path) -> str:
    """Give the name of a file as text, with bytes that are no UTF-8 written out."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


@contextmanager
def still_there(path: Path) -> Iterator[None]:
    """Refuse a file that goes away, or breaks, while a block reads it.

    Raises
    ------
    FileRefused
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(
            str(path), f"cannot be read to its end ({reason}): is the disk still there?"
        ) from error


def raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Read a file line by line, with line numbers from 1.

    Raises
    ------
    FileRefused
        A line of more than 1 MB; no more than that of it is read.
    """
    with path.open("rb") as file:
        yield from lines_of(file, str(path))


def lines_of(file: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """Read what is open already line by line, as `raw_lines`.

    Raises
    ------
    FileRefused
    """
    number = 0
    while line := file.readline(MAX_ROW + 1):
        number += 1
        if len(line) > MAX_ROW:
            raise FileRefused(
                name,
                "this row is longer than 1 MB: is it one table row a line?",
                row=number,
            )
        yield number, line


def whole_text(found: Survey) -> str:
    """Read a file that only makes sense as a whole.

    Raises
    ------
    FileRefused
        Larger than 256 MB, or a byte that the encoding lacks.
    """
    name = str(found.path)
    if found.size > MAX_WHOLE:
        raise FileRefused(name, "larger than 256 MB: split it, or use one JSON a line")
    try:
        return decode_as(found.path.read_bytes(), found.encoding).removeprefix("\ufeff")
    except RowRefused as error:
        raise FileRefused(
            name, f"{error.reason}: name the encoding with --encoding"
        ) from error


class _Evidence:
    """Which encodings read how many of the lines that are not plain ASCII."""

    def __init__(self) -> None:
        self._lines = 0
        self._misread = dict.fromkeys(ENCODINGS, 0)

    def see(self, line: bytes) -> None:
        if line.isascii() or self._lines >= ENOUGH_EVIDENCE:
            return
        self._lines += 1
        for encoding in ENCODINGS:
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                self._misread[encoding] += 1

    @property
    def encoding(self) -> str:
        # At equal counts the first wins: Big5 reads some UTF-8 by chance, hardly
        # ever the other way round. big5hkscs is tried row by row under cp950.
        best = min(ENCODINGS, key=lambda name: self._misread[name])
        return "cp950" if best == "big5hkscs" else best

    @property
    def is_sure(self) -> bool:
        return self._misread[self.encoding] == 0


def first_bytes(path: Path, *, most: int = MAX_FILE) -> bytes:
    """Read how a file begins, refusing what is no file that can be read twice.

    Raises
    ------
    FileRefused
        Not there, a folder, a pipe or a device, empty, too large, or not readable.
    """
    name = str(path)
    try:
        found = path.stat()
        _require_file(name, found.st_mode)
        if found.st_size > most:
            raise FileRefused(name, "larger than 2 GB: split it")
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError as error:
        raise FileRefused(name, "there is no such file: check the path") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(name, f"cannot be read ({reason})") from error
    if not start:
        raise FileRefused(name, "is empty: was it downloaded completely?")
    return start


def _require_file(name: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise FileRefused(name, "is a folder: name the files in it")
    if not stat.S_ISREG(mode):
        # A file is read twice, which a pipe or a device cannot be.
        raise FileRefused(name, "is a pipe or a device: save it as a file first")


def _refuse_binary(path: Path, start: bytes) -> None:
    for mark, what in _BINARY.items():
        if start.startswith(mark):
            raise FileRefused(str(path), f"looks like {what}")
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise FileRefused(
            str(path), "looks like a web page or XML: get the CSV or JSON of it"
        )


def _require_encoding(path: Path, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
        b"a".decode(encoding)
    except (LookupError, ValueError) as error:  # there are codecs that are not of text
        raise FileRefused(
            str(path), f"there is no encoding {encoding!r}: try utf-8 or cp950"
        ) from error


def _survey_utf16(path: Path, encoding: str) -> Survey:
    size = path.stat().st_size
    if size > MAX_WHOLE:
        raise FileRefused(str(path), "UTF-16 over 256 MB: save it as UTF-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Survey(path, digest, size, encoding, True)


def utf16_lines(found: Survey) -> Iterator[tuple[int, bytes]]:
    """Split a UTF-16 file into lines that are still UTF-16."""
    # Not `splitlines`: it also splits at form feeds and U+2028, which cells may hold.
    for number, line in enumerate(io.StringIO(whole_text(found), newline="\n"), 1):
        yield number, line.encode(found.encoding)
