"""Grids kept in a file beside the boundaries they were built from.

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

import geo.grid
from geo.boundaries import Level
from geo.grid import Grid, arrays_of, parts_from
from geo.grid.cells import Box

MAGIC = b"lianfang grid 1\n"
ALIGNED = 64  # bytes: a line of the processor's cache
SUFFIX = ".grid"


def save_grids(path: Path, grids: Mapping[Level, Grid], key: str) -> None:
    """Write grids to a file, whole or not at all.

    Parameters
    ----------
    path
        Replaced if it is there.
    grids
        By finest level.
    key
        What they were made from: see `grid_key`.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    levels, blocks, offset = {}, [], 0
    for level, grid in grids.items():
        arrays = {}
        for name, array in arrays_of(grid.parts).items():
            block = np.ascontiguousarray(array).tobytes()
            block += bytes(-len(block) % ALIGNED)
            arrays[name] = [array.dtype.str, list(array.shape), offset]
            blocks.append(block)
            offset += len(block)
        box = grid.parts.box
        levels[level.value] = {
            "box": [box.bits, box.west, box.south, box.width, box.height],
            "n_slow": grid.parts.n_slow,
            "arrays": arrays,
        }
    body = b"".join(blocks)
    about = {"key": key, "size": len(body), "crc32": zlib.crc32(body), "levels": levels}
    _write(path, _head(about) + body)


def open_grids(path: Path, key: str) -> dict[Level, Grid] | None:
    """Map the grids of a file; None where there is no file made from the same.

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
    return {
        Level(level): Grid(
            parts_from(Box(*kept["box"]), _arrays(body, kept["arrays"]), kept["n_slow"])
        )
        for level, kept in about["levels"].items()
    }


def grid_key(checksum: str) -> str:
    """Name what grids are made from: the boundaries, and the code that builds them."""
    digest = hashlib.sha256(checksum.encode())
    for source in sorted(Path(geo.grid.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def grid_path(boundaries: Path, *, for_writing: bool = False) -> Path:
    """Return where the grids of a boundary file are kept.

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
    return MAGIC + len(text).to_bytes(8, "little") + text


def _read_head(begin: bytes, file: Any) -> dict[str, Any] | None:  # noqa: ANN401
    if begin[: len(MAGIC)] != MAGIC:
        return None
    length = int.from_bytes(begin[len(MAGIC) :], "little")
    about: dict[str, Any] = json.loads(file.read(min(length, 1 << 20)))
    return about


def _arrays(
    body: memoryview, listed: Mapping[str, tuple[str, list[int], int]]
) -> dict[str, NDArray[Any]]:
    return {
        name: np.frombuffer(
            body, np.dtype(kind), count=int(np.prod(shape)), offset=offset
        ).reshape(shape)
        for name, (kind, shape, offset) in listed.items()
    }


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        with suppress(OSError):
            Path(name).unlink()
