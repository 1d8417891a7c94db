"""Working ahead: one thread makes what another one uses, a few pieces in between."""

from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_S = 0.1
"""How long a thread waits before it looks whether anybody still wants its pieces."""


@dataclass(frozen=True, slots=True)
class _Piece(Generic[T]):
    content: T


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def ahead(items: Iterable[T], *, depth: int = 2) -> Generator[T]:
    """Go through items in a thread of their own, a few of them ahead.

    Parameters
    ----------
    items
        Closed in that thread when all of them, or no more of them, are wanted.
    depth
        How many may wait at most; memory stays within so many.

    Yields
    ------
    T
        The items in their order. An error that ends them comes after the last one.
    """
    waiting: Queue[_Piece[T] | _End] = Queue(depth)
    enough = Event()
    thread = Thread(target=_work, args=(items, waiting, enough), daemon=True)
    thread.start()
    try:
        while isinstance(got := waiting.get(), _Piece):
            yield got.content
        if got.error is not None:
            raise got.error
    finally:
        enough.set()
        with suppress(Empty):
            while True:
                waiting.get_nowait()
        # no longer: it may wait for a pipe that nobody writes to any more
        thread.join(5 * PATIENCE_S)


def _work(
    items: Iterable[T], waiting: "Queue[_Piece[T] | _End]", enough: Event
) -> None:
    end = _End()
    try:
        for item in items:
            if not _handed_on(_Piece(item), waiting, enough):
                break
        if close := getattr(items, "close", None):
            close()
    except BaseException as error:  # whatever it is, the other thread must see it
        end = _End(error)
    _handed_on(end, waiting, enough)


def _handed_on(
    piece: "_Piece[T] | _End", waiting: "Queue[_Piece[T] | _End]", enough: Event
) -> bool:
    while not enough.is_set():
        with suppress(Full):
            waiting.put(piece, timeout=PATIENCE_S)
            return True
    return False
