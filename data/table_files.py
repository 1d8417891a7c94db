"""Tables kept in a file beside the boundaries they were built from.

Building takes seconds, mapping the file milliseconds, and processes that map it share
its memory. A file says which boundaries and which code it was made from; any other is
as good as none.
"""

import hashlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import geo
from geo.borders.cells import from_arrays
from geo.boundaries import Level
from geo.grid import Grid, Parts, arrays_of, parts_from
from geo.grid.cells import Box
from geo.tables import Tables

MAGIC = b"lianfang grid 2\n"
ALIGNED = 64  # bytes: a line of the processor's cache
SUFFIX = ".grid"

Listed = tuple[str, list[int], int]  # kind of number, shape, first byte


def save_tables(path: Path, tables: Tables, key: str) -> None:
    """Write tables to a file, whole or not at all.

    Parameters
    ----------
    path
        Replaced if it is there.
    key
        What they were made from: see `tables_key`.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    body = _Body()
    grids = {level.value: _kept(grid, body) for level, grid in tables.grids.items()}
    cells = tables.border_cells
    about = {
        "key": key,
        "grids": grids,
        "borders": body.added(cells.arrays()) if cells else None,
    }
    _write(path, *body.finished(about))


def open_tables(path: Path, key: str) -> Tables | None:
    """Map the tables of a file; None where there is no file made from the same.

    A file that is cut short, or altered in any byte, is no file either.
    """
    try:
        with path.open("rb") as file:
            about = _read_head(file.read(len(MAGIC) + 8), file)
            start = file.tell()
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    body = memoryview(mapped)[start:]
    if about is None or about["key"] != key or len(body) != about["size"]:
        return None
    if zlib.crc32(body) != about["crc32"]:
        return None
    grids = {
        Level(level): Grid(_parts(body, kept)) for level, kept in about["grids"].items()
    }
    borders = about["borders"]
    return Tables(grids, from_arrays(_arrays(body, borders)) if borders else None)


def tables_key(checksum: str) -> str:
    """Name what tables are made from: the boundaries, and the code that builds them."""
    digest = hashlib.sha256(checksum.encode())
    folder = Path(geo.__file__).parent
    for source in sorted([*folder.glob("grid/*.py"), *folder.glob("borders/*.py")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()


class _Body:
    """The arrays of a file, one after the other."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._size = 0

    def added(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Listed]:
        """Add arrays; returns where each lies, as `_arrays` reads it."""
        listed = {}
        for name, array in arrays.items():
            block = np.ascontiguousarray(array).tobytes()
            block += bytes(-len(block) % ALIGNED)
            listed[name] = (array.dtype.str, list(array.shape), self._size)
            self._blocks.append(block)
            self._size += len(block)
        return listed

    def finished(self, about: dict[str, Any]) -> tuple[bytes, bytes]:
        """Return the head that says what the file is, and the body."""
        body = b"".join(self._blocks)
        return _head(about | {"size": len(body), "crc32": zlib.crc32(body)}), body


def _kept(grid: Grid, body: _Body) -> dict[str, Any]:
    box = grid.parts.box
    return {
        "box": [box.bits, box.west, box.south, box.width, box.height],
        "n_slow": grid.parts.n_slow,
        "arrays": body.added(arrays_of(grid.parts)),
    }


def _parts(body: memoryview, kept: Mapping[str, Any]) -> Parts:
    arrays = _arrays(body, kept["arrays"])
    return parts_from(Box(*kept["box"]), arrays, kept["n_slow"])


def tables_path(boundaries: Path, *, for_writing: bool = False) -> Path:
    """Return where the tables of a boundary file are kept.

    Beside it, or where that folder cannot be written, in the user's cache.
    """
    beside = boundaries.with_suffix(SUFFIX)
    if beside.exists() or os.access(beside.parent, os.W_OK):
        return beside
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "lianfang"
    if for_writing:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(str(boundaries.resolve()).encode()).hexdigest()[:16]
    return folder / f"{name}{SUFFIX}"


def _head(about: dict[str, Any]) -> bytes:
    text = json.dumps(about).encode()
    text += b" " * (-(len(MAGIC) + 8 + len(text)) % ALIGNED)
    sizes = len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little")
    return MAGIC + sizes + text


def _read_head(begin: bytes, file: Any) -> dict[str, Any] | None:  # noqa: ANN401
    if begin[: len(MAGIC)] != MAGIC:
        return None
    sizes = begin[len(MAGIC) :]
    text = file.read(min(int.from_bytes(sizes[:4], "little"), 1 << 20))
    if zlib.crc32(text) != int.from_bytes(sizes[4:], "little"):
        return None
    about: dict[str, Any] = json.loads(text)
    return about


def _arrays(body: memoryview, listed: Mapping[str, Listed]) -> dict[str, NDArray[Any]]:
    return {
        name: np.frombuffer(
            body, np.dtype(kind), count=int(np.prod(shape)), offset=offset
        ).reshape(shape)
        for name, (kind, shape, offset) in listed.items()
    }


def _write(path: Path, *content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        with suppress(OSError):
            Path(name).unlink()
