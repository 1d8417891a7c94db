"""One thread makes what another one uses."""

import threading
from contextlib import closing
from itertools import count

import pytest

from data.ahead import ahead


def test_items_come_in_their_order_and_all_of_them():
    assert list(ahead(iter(range(1000)))) == list(range(1000))


def test_items_are_made_in_another_thread():
    made = ahead(threading.get_ident() for _ in range(1))
    assert list(made) != [threading.get_ident()]


def test_an_error_comes_after_the_items_before_it():
    def failing():
        yield 1
        raise ValueError("no more")

    items = ahead(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)


def test_no_more_are_made_than_may_wait():
    made, enough = [], threading.Event()

    def making():
        for n in count():
            made.append(n)
            if n == 3:  # one handed on, two waiting, one in the hand
                enough.set()
            yield n

    with closing(ahead(making(), depth=2)) as items:
        next(items)
        assert enough.wait(10)
        threading.Event().wait(0.3)
        assert made == [0, 1, 2, 3]


def test_what_nobody_wants_any_more_is_closed():
    closed = threading.Event()

    def endless():
        try:
            yield from count()
        finally:
            closed.set()

    kept = endless()  # else it would be closed for want of anybody who knows it
    with closing(ahead(ahead(kept))) as items:
        next(items)
    assert closed.wait(10)


def test_none_is_an_item_like_any_other():
    assert list(ahead([None, None])) == [None, None]
