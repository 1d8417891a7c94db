"""Files of reads as columns: Arrow, as stream or file (Feather), and Parquet.

Nothing is mapped into memory: whoever cuts a file short while it is read would end the
service. Batches of Arrow are measured before they are unpacked.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from api.arrow_bodies import END, parse_batches, require_columns
from api.arrow_messages import MessageRefused, blocks, measured
from api.problems import BadBody
from api.read_bodies import Parsed
from api.read_kernels import NAMES
from data.errors import FileRefused
from data.importers.documents import values_of
from data.importers.parsed import Row

FILE, STREAM, PARQUET = b"ARROW1", b"\xff\xff\xff\xff", b"PAR1"

MOST_UNPACKED = 256 * 1024**2
"""Bytes of one batch, or of one dictionary."""

RAW = "plate_raw"
"""In days that the archive wrote, the reading as the camera sent it."""

BLOCK = 1024**2

Batches = Iterator[tuple[pa.RecordBatch, int]]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnsFile:
    """A file of columns that was opened.

    Attributes
    ----------
    is_plain
        Whether its columns are those of a read, by name and type; others beside them
        are not looked at.
    batches
        Gives batches of so many rows, and how many bytes of the file each was.
    """

    path: Path
    sha256: str
    size: int
    schema: pa.Schema
    batches: Callable[[int], Batches]

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the whole file."""
        names = self.schema.names
        if not self.is_plain:
            return ()
        left = [name for name in names if name not in (*NAMES, RAW)]
        notes = [f"column {RAW!r} read as plate"] if RAW in names else []
        return (*notes, *([f"columns not read: {', '.join(left)}"] if left else []))

    @property
    def is_plain(self) -> bool:
        """Whether the fast way can read it."""
        try:
            require_columns(_chosen(self.schema.empty_table()).schema)
        except BadBody:
            return False
        return True

    def parsed(self, batch: pa.RecordBatch, *, now: datetime) -> Parsed:
        """Read a batch of a plain file.

        Raises
        ------
        FileRefused
        """
        chosen = _chosen(pa.Table.from_batches([batch])).combine_chunks()
        try:
            batch.validate(full=True)
            return parse_batches(chosen.schema, chosen.to_batches(), now=now)
        except (BadBody, pa.ArrowException) as error:
            raise FileRefused(
                str(self.path), f"a batch cannot be read: {error}"
            ) from None

    def rows(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> Iterator[Row]:
        """Give the rows of a batch as rows of JSON, with texts for all values."""
        texts = {
            name: column
            for name, column in zip(
                batch.schema.names, map(_texts, batch.columns), strict=True
            )
            if column is not None
        }
        for place, number in enumerate(numbers):
            values = {name: column[place] for name, column in texts.items()}
            raw = orjson.dumps({k: v for k, v in values.items() if v is not None})
            yield Row(number, raw, values_of(values))


def is_arrow(start: bytes) -> bool:
    """Say by its first bytes whether a file is Arrow or Parquet."""
    return start.startswith((FILE, STREAM, PARQUET))


def open_arrow(path: Path) -> ColumnsFile:
    """Open Arrow or Parquet.

    Raises
    ------
    FileRefused
        It is cut short, or has batches that are too large.
    """
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    batches: Callable[[int], Batches]
    try:
        if start.startswith(PARQUET):
            with pq.ParquetFile(path) as opened:
                schema = opened.schema_arrow
            batches = partial(_of_parquet, path)

        elif start.startswith(FILE):
            with pa.OSFile(str(path)) as source:
                schema = pa.ipc.open_file(source).schema
                found = blocks(_footer(source))
                _require_bounded(path, map(partial(_message, source), found))
            batches = partial(_of_file, path)
        else:
            _require_end(path)
            with pa.OSFile(str(path)) as source:
                messages = pa.ipc.MessageReader.open_stream(source)
                next(messages, None)
                _require_bounded(path, messages)
            with pa.OSFile(str(path)) as source:
                schema = pa.ipc.open_stream(source).schema
            batches = partial(_of_stream, path)
    except (pa.ArrowException, OSError, struct.error, MessageRefused) as error:
        raise FileRefused(
            str(path), f"cannot be read ({error}): was it written to its end?"
        ) from None
    return ColumnsFile(path, sha256, size, schema, batches)


def _require_end(path: Path) -> None:
    """Refuse a stream without its mark at the end, of which reads may be missing."""
    with path.open("rb") as file:
        file.seek(-len(END), 2)
        if file.read() != END:
            raise FileRefused(
                str(path), "has no mark at its end: was it written to its end?"
            )


def _require_bounded(path: Path, messages: Iterable[pa.ipc.Message]) -> None:
    """Refuse batches larger than we may unpack."""
    for message in messages:
        if measured(message).size > MOST_UNPACKED:
            raise FileRefused(
                str(path),
                f"has a batch of more than {MOST_UNPACKED // 1024**2} MB unpacked: "
                "write it in smaller batches",
            )


def _footer(source: Any) -> bytes:  # noqa: ANN401 - of Arrow
    """Return what a file of Arrow says of itself at its end."""
    behind = len(FILE) + 4
    source.seek(source.size() - behind)
    (size,) = struct.unpack("<i", source.read(4))
    source.seek(max(0, source.size() - behind - size))
    footer: bytes = source.read(size)
    return footer


def _message(source: Any, block: int) -> pa.ipc.Message:  # noqa: ANN401 - of Arrow
    source.seek(block)
    return pa.ipc.read_message(source)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Refuse a file that breaks while it is read."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(
            str(path), f"cannot be read to its end ({error}): is it still whole?"
        ) from error


def _of_stream(path: Path, rows: int) -> Batches:
    with _told(path), pa.OSFile(str(path)) as source:
        done = 0
        for batch in pa.ipc.open_stream(source):
            for start in range(0, batch.num_rows, rows):
                here = source.tell()
                yield batch.slice(start, rows), here - done
                done = here


def _of_file(path: Path, rows: int) -> Batches:
    with _told(path), pa.OSFile(str(path)) as source:
        opened = pa.ipc.open_file(source)
        size = source.size() // max(1, opened.num_record_batches)
        for number in range(opened.num_record_batches):
            batch = opened.get_batch(number)
            for start in range(0, batch.num_rows, rows):
                part = batch.slice(start, rows)
                yield part, size * part.num_rows // batch.num_rows


def _of_parquet(path: Path, rows: int) -> Batches:
    size = path.stat().st_size
    with _told(path), pq.ParquetFile(path) as opened:
        of_all = max(1, opened.metadata.num_rows)
        for batch in opened.iter_batches(batch_size=rows, use_threads=False):
            yield batch, size * batch.num_rows // of_all


def _chosen(table: pa.Table) -> pa.Table:
    """Leave out columns that are none of a read; take the reading as it was sent."""
    names = table.schema.names
    chosen = table.select([name for name in NAMES if name in names])
    if RAW in names and "plate" in names:
        at = chosen.schema.get_field_index("plate")
        chosen = chosen.set_column(at, "plate", table[RAW])
    for at, column in enumerate(chosen.schema):
        if pa.types.is_string_view(column.type):
            texts = chosen[column.name].cast(pa.large_string())
            chosen = chosen.set_column(at, column.name, texts)
    return chosen


def _texts(column: pa.Array) -> list[str | None] | None:
    """Write values as texts; None where they have no text, as shapes have not."""
    if pa.types.is_binary(column.type) or pa.types.is_nested(column.type):
        return None
    try:
        texts: list[str | None] = pc.cast(column, pa.string()).to_pylist()
    except pa.ArrowException:
        return None
    return texts
