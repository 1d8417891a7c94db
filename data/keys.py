"""Keys of requests: the same request sent again gets the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.records import content_id


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request that was answered; ``id`` follows from its route and its key.

    ``sha256`` is of what was sent, ``answer`` is what was said to it.
    """

    id: str
    sha256: str
    answer: Mapping[str, Any]
    at: datetime


def key_id(route: str, key: str) -> str:
    """Name a request by the key that its sender gave it."""
    return content_id("key", route, key)
