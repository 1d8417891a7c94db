"""One text for two ways: functions that run as they stand, or as machine code.

As they stand they do for little input, where loading the compiler would cost more than
it saves, and they are what the compiled form is compared with.
"""

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any


def compile_together(
    scope: Mapping[str, Any], functions: Sequence[Any]
) -> dict[str, Any]:
    """Compile the functions of a module; the code is kept on disk beside it.

    Each is made anew in a scope where it finds the others compiled. What is kept is
    made anew when the module's file changes: its constants should stand in it.

    Parameters
    ----------
    scope
        The module's names.
    functions
        Those to compile, each after the ones that it calls.

    Returns
    -------
    dict
        The names, with the compiled functions in place of the plain ones. They run
        beside other threads.
    """
    from geo.machine_code import compiled  # takes half a second

    names = dict(scope)
    for one in functions:
        plain = FunctionType(one.__code__, names, one.__name__)
        names[one.__name__] = compiled(plain)
    return names
