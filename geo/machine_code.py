"""Numba, with a place for compiled code that belongs to these very sources.

Numba keeps compiled code until the file of a function changes. It does not notice a
change in another file that the code was made from: a constant, a formula. So code is
kept in a folder named by all sources of this package, and a change of any of them
makes it anew. Importing this module takes half a second.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

SOURCES = Path(__file__).resolve().parent
PREFIX = "machine-code-"


def compiled(function: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Compile a function when it is first called, and keep that on disk.

    It runs beside other threads, and divides by zero as NumPy does.
    """
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Compile a function into those that call it: a call costs more than it does."""
    return numba.njit(error_model="numpy", inline="always")(function)


def digest_of(sources: Path) -> str:
    """Name the sources of a package by all that stands in them."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(sources.rglob("*.py")):
        digest.update(f"{source.relative_to(sources)}\0".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def use_own_folder(sources: Path = SOURCES) -> Path:
    """Have Numba keep code in the folder of these sources; remove those of others.

    It stands in ``__pycache__``, or where that cannot be written, in the user's cache.
    """
    beside = sources / "__pycache__"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    root = beside if os.access(sources, os.W_OK) else cache / "lianfang"
    folder = root / f"{PREFIX}{digest_of(sources)}"
    for other in root.glob(f"{PREFIX}*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return folder


# who sets NUMBA_CACHE_DIR knows better
if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
    use_own_folder()
