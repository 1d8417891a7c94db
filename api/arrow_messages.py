"""How much the messages of an Arrow stream hold, before anything is unpacked.

A message names its buffers in a flatbuffer; a compressed buffer begins with its size
once it is unpacked. Source: Apache Arrow, Format/Message.fbs and Format/Columnar.rst,
"Encapsulated message format" and "Compression"; FlatBuffers, "Internals", for tables.
"""

import struct
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

DICTIONARY_BATCH, RECORD_BATCH = 2, 3
DICTIONARY_BLOCKS, RECORD_BLOCKS = 2, 3
MOST_MESSAGES = 64
"""Of a stream; who sends each row by itself is told to collect them."""

MOST_BUFFERS = 64
"""Of a message; nine columns have 27."""

NOT_COMPRESSED = -1


class MessageRefused(Exception):
    """A stream whose messages cannot be measured."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a message holds once it is unpacked; its size in bytes."""

    is_dictionary: bool
    n_rows: int
    size: int


def unpacked(raw: bytes) -> list[Unpacked]:
    """Measure the batches of a stream and its dictionaries.

    Raises
    ------
    MessageRefused
        Not a stream to its last byte, or its dictionaries are sent in parts.
    """
    source = pa.BufferReader(raw)
    try:
        reader = pa.ipc.MessageReader.open_stream(source)
        messages = list(islice(reader, MOST_MESSAGES + 1))
        if len(messages) > MOST_MESSAGES:
            raise MessageRefused(
                f"it has more than {MOST_MESSAGES} messages: join them"
            )
        found = [measured(one) for one in messages[1:]]
    except (pa.ArrowException, OSError, MemoryError, struct.error):
        raise MessageRefused("it cannot be read to its end") from None
    if source.tell() != len(raw) or not messages:
        raise MessageRefused("it does not end where the body ends")
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a flatbuffer."""

    raw: bytes
    at: int

    def field(self, number: int) -> int | None:
        """Return where a field stands, None where it is left out."""
        (back,) = struct.unpack_from("<i", self.raw, self.at)
        (size,) = struct.unpack_from("<H", self.raw, self.at - back)
        slot = 4 + 2 * number
        if slot >= size:
            return None
        (offset,) = struct.unpack_from("<H", self.raw, self.at - back + slot)
        return self.at + offset if offset else None

    def value(self, number: int, kind: str) -> int:
        """Return the value of a field, 0 where it is left out."""
        at = self.field(number)
        return 0 if at is None else int(struct.unpack_from(kind, self.raw, at)[0])

    def table(self, number: int) -> "_Table":
        """Return the table that a field points to."""
        at = self.field(number)
        if at is None:
            raise struct.error("a table is missing")
        return _Table(self.raw, at + struct.unpack_from("<I", self.raw, at)[0])


def measured(message: pa.ipc.Message) -> Unpacked:
    """Measure a batch or a dictionary.

    Raises
    ------
    MessageRefused, struct.error
    """
    raw = message.metadata.to_pybytes()
    root = _Table(raw, struct.unpack_from("<I", raw)[0])
    kind, header = root.value(1, "<B"), root.table(2)
    if kind == DICTIONARY_BATCH:
        if header.value(2, "<?"):
            raise MessageRefused("its dictionaries are sent in parts")
        header = header.table(1)
    elif kind != RECORD_BATCH:
        raise MessageRefused("it holds other things than columns")
    n_rows = header.value(0, "<q")
    if n_rows < 0:
        raise MessageRefused("a batch has fewer rows than none")
    size = sum(_sizes(header, message.body or b""))
    return Unpacked(kind == DICTIONARY_BATCH, n_rows, size)


def blocks(footer: bytes) -> list[int]:
    """Return where in a file of Arrow the dictionaries and batches begin.

    Source: Apache Arrow, Format/File.fbs.

    Raises
    ------
    struct.error
        It is no footer.
    """
    root = _Table(footer, *struct.unpack_from("<I", footer))
    found: list[int] = []
    for field in DICTIONARY_BLOCKS, RECORD_BLOCKS:
        at = root.field(field)
        if at is None:
            continue
        start = at + struct.unpack_from("<I", footer, at)[0]
        (n,) = struct.unpack_from("<I", footer, start)
        numbers = struct.unpack_from(f"<{3 * n}q", footer, start + 4)
        found += numbers[::3]
    return found


def _sizes(batch: _Table, body: pa.Buffer | bytes) -> list[int]:
    """Return how large each buffer is unpacked."""
    is_compressed = batch.field(3) is not None
    sizes = []
    for start, length in _buffers(batch):
        size = length
        if is_compressed and length:
            (size,) = struct.unpack_from("<q", body, start)
            size = length if size == NOT_COMPRESSED else size
        if size < 0:
            raise MessageRefused("a buffer is smaller than nothing")
        sizes.append(size)
    return sizes


def _buffers(batch: _Table) -> list[tuple[int, int]]:
    """Return where each buffer begins in the body, and its length there."""
    at = batch.field(2)
    if at is None:
        return []
    start = at + struct.unpack_from("<I", batch.raw, at)[0]
    (n,) = struct.unpack_from("<I", batch.raw, start)
    if n > MOST_BUFFERS:
        raise MessageRefused(f"a batch has more than {MOST_BUFFERS} buffers")
    numbers = struct.unpack_from(f"<{2 * n}q", batch.raw, start + 4)
    return list(zip(numbers[::2], numbers[1::2], strict=True))
