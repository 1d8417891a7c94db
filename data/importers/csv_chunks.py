"""A CSV file of any size, or a pipe, as pieces of some megabytes in UTF-8.

A file is gone through once and never held whole. What its header is and how it is
written is found as for every other file, by `data.importers.table.open_csv`, in a
sample of its first lines.
"""

import codecs
import io
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow

from data.errors import FileRefused, RowRefused
from data.importers.columns import knower
from data.importers.files import MAX_ROW, still_there
from data.importers.parsed import LoadKind, Options, Table
from data.importers.table import LINES_BEFORE_HEADER, open_csv
from data.text import decode_as

PIPE = "-"
"""Stands for the standard input."""

CHUNK = 2 * 1024**2
SAMPLE = 1024**2
"""So many bytes tell the encoding, counted from the first line that is not ASCII."""

_LF = 10
_BOM = codecs.BOM_UTF8
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF8 = ("utf-8", "utf-8-sig")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_STATELESS = frozenset(
    {"ascii", "cp950", "big5", "big5hkscs", "gbk", "gb18030", "iso8859-1", "cp1252"}
)
"""Encodings that hold ASCII and in which a line reads the same alone as in a text."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is read.

    Attributes
    ----------
    name
        For messages.
    blocks
        Bytes, and how many of the file they were; UTF-16 is UTF-8 already. They can
        be gone through once.
    size
        Bytes of the whole; None where nobody knows.
    is_utf16
        Whether it was, whatever anybody says of its encoding.
    """

    name: str
    blocks: Iterator[tuple[bytes, int]]
    size: int | None
    is_utf16: bool


@dataclass(frozen=True, slots=True)
class CsvHead:
    """What the first lines of a file say of its rows.

    Attributes
    ----------
    names
        Of the columns, as `data.text.fold` has them.
    delimiter, line_end
        The mark between cells; how the header's line ends.
    header
        The header's line in UTF-8.
    encoding
        None as long as all that was seen is ASCII.
    lines
        How many lines end with the header's.
    """

    names: tuple[str, ...]
    delimiter: str
    line_end: str
    header: bytes
    encoding: str | None
    lines: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines in UTF-8.

    Attributes
    ----------
    text
        The lines. One that could not be decoded has ``?`` for what is not ASCII.
    number
        The number of the first line, from 1.
    faults
        Line number to why that line could not be decoded.
    read
        How many bytes of the source were read so far.
    """

    text: bytes
    number: int
    faults: Mapping[int, RowRefused] = field(default_factory=dict)
    read: int = 0


@contextmanager
def open_source(file: Path) -> Iterator[Source]:
    """Open a file of any size, or the standard input for ``-``.

    Raises
    ------
    FileRefused
        Not there, a folder, a device, or not to be read.
    """
    if str(file) == PIPE:
        # not sys.stdin.buffer: its lock would be held while a slow writer is awaited
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as pipe:
            yield _source("standard input", pipe, None)
        return
    with _opened(file) as stream:
        yield _source(str(file), stream, os.fstat(stream.fileno()).st_size)


def _opened(file: Path) -> io.FileIO:
    name = str(file)
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FileRefused(name, "is a folder: name the files in it")
        if not stat.S_ISREG(mode):
            raise FileRefused(name, "is a pipe or a device: pipe it in and name it -")
        return file.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise FileRefused(name, "there is no such file: check the path") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileRefused(name, f"cannot be read ({reason})") from error


def _source(name: str, stream: io.FileIO, size: int | None) -> Source:
    blocks = _blocks(name, stream)
    first = next(blocks, b"")
    encoding = _UTF16.get(first[:2])
    rest = ((block, len(block)) for block in chain([first], blocks))
    if encoding is None:
        return Source(name, rest, size, is_utf16=False)
    return Source(name, _from_utf16(name, rest, encoding), size, is_utf16=True)


def _from_utf16(
    name: str, blocks: Iterator[tuple[bytes, int]], encoding: str
) -> Iterator[tuple[bytes, int]]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block, read in blocks:
            yield decoder.decode(block).encode(), read
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefused(
            name, f"cannot be read as {encoding}: name the encoding with --encoding"
        ) from error


def _blocks(name: str, stream: io.FileIO) -> Iterator[bytes]:
    """Read blocks that are full, save the last: a pipe gives little at a time."""
    while True:
        block = bytearray()
        with still_there(Path(name)):
            while len(block) < CHUNK and (more := stream.read(CHUNK - len(block))):
                block += more
        if not block:
            return
        yield bytes(block)


def open_chunks(source: Source, options: Options) -> tuple[CsvHead, Iterator[Chunk]]:
    """Find the header and give what follows it.

    Raises
    ------
    FileRefused
        Empty, not text, no line that could be the header; later also a line of more
        than 1 MB, or a byte that UTF-16 lacks.
    """
    if source.is_utf16:
        options = replace(options, encoding="utf-8-sig")
    lines = _lines(source)
    first = next(lines, None)
    if first is None:
        raise FileRefused(source.name, "is empty: was it downloaded completely?")
    head = _head(source.name, first.text, options)
    body = Chunk(
        first.text[_line_end(first.text, head.lines) :],
        first.number + head.lines,
        read=first.read,
    )
    return head, _decoded(source.name, chain([body], lines), head, options)


def _lines(source: Source) -> Iterator[Chunk]:
    """Give whole lines, not decoded yet."""
    number, read, carried = 1, 0, b""
    for block, size in source.blocks:
        read += size
        cut = block.rfind(b"\n") + 1
        if not cut:
            carried += block
            if len(carried) > MAX_ROW:
                raise too_long(source.name, number)
            continue
        text = carried + block[:cut]
        _require_text(source.name, text, number)
        yield Chunk(text, number, read=read)
        number += line_ends_in(text)
        carried = block[cut:]
    if carried:
        _require_text(source.name, carried, number)
        yield Chunk(carried, number, read=read)


def line_ends_in(text: bytes) -> int:
    """Count line feeds, five times as fast as `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == _LF))


def too_long(name: str, number: int) -> FileRefused:
    """Say that the row on a line is longer than a row may be."""
    return FileRefused(
        name, "this row is longer than 1 MB: is it one table row a line?", row=number
    )


def _require_text(name: str, text: bytes, number: int) -> None:
    at = text.find(b"\x00")
    if at >= 0:
        number += text.count(b"\n", 0, at)
        raise FileRefused(
            name, "looks like a binary file: export it as CSV", row=number
        )


def _head(name: str, text: bytes, options: Options) -> CsvHead:
    sample = _beginning(text)
    found = _looked_at(name, sample, options)
    header = decode_as(found.header, found.shape.encoding)
    encoding = None if sample.isascii() else found.shape.encoding
    return CsvHead(
        names=found.names,
        delimiter=found.shape.delimiter,
        line_end="\r\n" if header.endswith("\r\n") else "\n",
        header=header.encode(),
        encoding=options.encoding or encoding,
        lines=list(io.BytesIO(sample)).index(found.header) + 1,
    )


def _looked_at(name: str, sample: bytes, options: Options) -> Table:
    """Open some lines as the file that they are the beginning of."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.csv"
        path.write_bytes(sample)
        known = knower(LoadKind.READS, options)
        try:
            return open_csv(path, known, options.encoding)
        except FileRefused as refused:
            raise FileRefused(name, refused.reason, row=refused.row) from refused


def _beginning(text: bytes) -> bytes:
    """Give the lines that tell a file's header and encoding."""
    if len(text) <= SAMPLE:
        return text
    end = text.rfind(b"\n", 0, SAMPLE) + 1
    return text[: max(end, _line_end(text, LINES_BEFORE_HEADER))]


def _line_end(text: bytes, lines: int) -> int:
    end = 0
    for _ in range(lines):
        end = text.find(b"\n", end) + 1 or len(text)
    return end


def _decoded(
    name: str, chunks: Iterable[Chunk], head: CsvHead, options: Options
) -> Iterator[Chunk]:
    encoding = head.encoding
    for chunk in chunks:
        if encoding is None and not chunk.text.isascii():
            # until here every encoding in question reads the same
            sample = head.header + _beginning(_from_first_beyond_ascii(chunk.text))
            encoding = _looked_at(name, sample, options).shape.encoding
        yield chunk if encoding is None else _in_utf8(chunk, encoding)


def _from_first_beyond_ascii(text: bytes) -> bytes:
    found = _BEYOND_ASCII.search(text)
    at = found.start() if found else 0
    return text[text.rfind(b"\n", 0, at) + 1 :]


def _in_utf8(chunk: Chunk, encoding: str) -> Chunk:
    raw, known = chunk.text, codecs.lookup(encoding).name
    if known in _UTF8:
        # its mark may stand at the start of any line; few files have the byte at all
        if known == "utf-8-sig" and _BOM[:1] in raw:
            raw = raw.removeprefix(_BOM).replace(b"\n" + _BOM, b"\n")
        if _is_utf8(raw):
            return replace(chunk, text=raw)
    elif known in _STATELESS:
        with suppress(UnicodeDecodeError):
            return replace(chunk, text=raw.decode(encoding).encode())
    return _in_utf8_by_line(chunk, encoding)


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    ends = pyarrow.array([0, len(raw)], pyarrow.int32()).buffers()[1]
    text = pyarrow.StringArray.from_buffers(1, ends, pyarrow.py_buffer(raw))
    try:
        text.validate(full=True)  # ten times as fast as decoding
    except pyarrow.ArrowInvalid:
        return False
    return True


def _in_utf8_by_line(chunk: Chunk, encoding: str) -> Chunk:
    lines, faults = [], {}
    for number, line in enumerate(io.BytesIO(chunk.text), chunk.number):
        try:
            lines.append(decode_as(line, encoding).encode("utf-8", "replace"))
        except RowRefused as fault:
            faults[number] = fault
            plain = line.decode("ascii", "replace").encode("ascii", "replace")
            lines.append(plain)
    return replace(chunk, text=b"".join(lines), faults=faults)
