"""Compiled code that belongs to the sources of this package.

Like `geo.machine_code`, in a folder of its own: a change of any file here makes the
code anew. Importing this module takes half a second.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.extending import intrinsic

from geo import machine_code


def _folder() -> str:
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    own = machine_code.use_own_folder(Path(__file__).resolve().parent)
    numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
    return before if before and machine_code.PREFIX not in before else str(own)


FOLDER = _folder()
"""Where compiled code is kept; who sets NUMBA_CACHE_DIR knows better."""


def compiled(function: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Compile a function when it is first called, and keep that on disk."""
    return _compiled(function, is_folded=False)


def folded(function: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Compile a function into those that call it.

    Counting who holds which array then falls away, which costs more than the rest.
    """
    return _compiled(function, is_folded=True)


def _compiled(function: Callable[..., Any], *, is_folded: bool) -> Any:  # noqa: ANN401
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = FOLDER  # type: ignore[attr-defined]
    try:
        return numba.njit(
            cache=True, nogil=True, error_model="numpy", forceinline=is_folded
        )(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


@intrinsic
def uncounted(_: Any, arrays: Any) -> Any:  # noqa: ANN401
    """Give a tuple of arrays that do not count who holds them, in compiled code.

    Counting costs more than what is read from them. Whoever calls holds the arrays as
    long as the tuple is used.
    """

    def generate(
        context: Any,  # noqa: ANN401
        builder: Any,  # noqa: ANN401
        signature: Any,  # noqa: ANN401
        values: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        (held,) = values
        for at, kind in enumerate(signature.args[0].types):
            whole = builder.extract_value(held, at)
            array = context.make_array(kind)(context, builder, value=whole)
            array.meminfo = array.meminfo.type(None)
            array.parent = array.parent.type(None)
            held = builder.insert_value(held, array._getvalue(), at)
        return held

    return arrays(arrays), generate
