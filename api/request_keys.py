"""`Idempotency-Key`: the same request sent again gets the answer that it got first.

After the draft "The Idempotency-Key HTTP Header Field" of the IETF's HTTPAPI group
(draft-ietf-httpapi-idempotency-key-header-07). A key is taken as it is written, with
or without quotes.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header, Request

from api.problems import BadBody
from data import queries
from data.keys import IdempotencyKey, key_id
from data.store import Store, Transaction

KEPT = timedelta(hours=24)
"""How long an answer is kept."""

REPLAYED = {"Idempotency-Replayed": "true"}

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


async def _key_of(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="1 to 255 visible ASCII characters, new for each request"),
    ] = None,
) -> str | None:
    """Return the key of a request, if it has one.

    Raises
    ------
    BadBody
    """
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None
    if len(given) > 1 or not _VISIBLE.fullmatch(given[0]):
        raise BadBody(
            HTTPStatus.BAD_REQUEST,
            "bad-request",
            "send one Idempotency-Key of 1 to 255 visible ASCII characters",
        )
    return given[0]


KeyDep: TypeAlias = Annotated[str | None, Depends(_key_of)]


class RequestKeys:
    """The keys of requests under way, and of those that were answered.

    Parameters
    ----------
    now
        The clock.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._turn = threading.Lock()
        self._under_way: dict[str, str] = {}

    @contextmanager
    def held(self, route: str, key: str, *sent: bytes) -> Iterator["HeldKey"]:
        """Hold a key while its request is worked on.

        Parameters
        ----------
        sent
            All that makes it the same request.

        Raises
        ------
        BadBody
            The key is held already, or it was another request's.
        """
        digest = hashlib.sha256(b"\0".join(sent)).hexdigest()
        name = key_id(route, key)
        with self._turn:
            if under_way := self._under_way.get(name):
                raise _busy() if under_way == digest else _reused()
            self._under_way[name] = digest
        try:
            kept = self._kept(name)
            if kept is not None and kept.sha256 != digest:
                raise _reused()
            answer = None if kept is None else kept.answer
            yield HeldKey(name, digest, answer, self._now)
        finally:
            with self._turn:
                del self._under_way[name]

    def _kept(self, name: str) -> IdempotencyKey | None:
        with self._store.read() as tx:
            kept = tx.get_all(IdempotencyKey, [name]).get(name)
        return kept if kept is not None and kept.at > self._now() - KEPT else None


class HeldKey:
    """A key that is held; ``answer`` is what its request got before, if it did."""

    def __init__(
        self,
        name: str,
        digest: str,
        answer: Mapping[str, Any] | None,
        now: Callable[[], datetime],
    ) -> None:
        self.answer = answer
        self._name = name
        self._digest = digest
        self._now = now

    def keep(self, tx: Transaction, answer: dict[str, Any]) -> None:
        """Keep the answer, and forget those that are over."""
        now = self._now()
        tx.rows(queries.keys_forgotten(now - KEPT))
        tx.add(IdempotencyKey(self._name, self._digest, answer, now))


def _busy() -> BadBody:
    return BadBody(
        HTTPStatus.CONFLICT,
        "idempotency-key-busy",
        "the first request with this key is being worked on: ask again in a moment",
        headers={"Retry-After": "1"},
    )


def _reused() -> BadBody:
    return BadBody(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "another request had this key within a day: give each request its own",
    )
