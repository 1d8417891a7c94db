"""Invented files of the shapes that public ones have."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.importers.parsed import LoadKind, Options, Parsed
from data.importers.reading import parse_file
from geo.boundaries import Boundaries

AT = datetime(2026, 3, 1, tzinfo=UTC)

Parse = Callable[..., Parsed]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path."""

    def write(content: str | bytes, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def parse(written: Callable[..., Path], boundaries: Boundaries) -> Parse:
    """Write a file and read it."""

    def read(
        kind: str, content: str | bytes, name: str = "rows.csv", **options: str
    ) -> Parsed:
        return parse_file(
            written(content, name),
            LoadKind(kind),
            options=Options(**options),
            boundaries=boundaries,
            at=AT,
        )

    return read
