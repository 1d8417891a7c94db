"""Fixtures that several rooms use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries
from data.reads.archive import Archive
from data.store import Store, open_store
from geo.boundaries import Boundaries
from matching.model import read_model
from routing.desk import Desk

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public files; tests that read it skip without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real public files are not beside the checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def boundaries() -> Boundaries:
    return load_boundaries()


STORES = ["sqlite"]
"""Every kind of store; each runs every test that asks for one."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "lianfang.db") as kept:
        yield kept


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "lianfang-reads", released=0) as kept:
        yield kept


@pytest.fixture
def desk(store: Store, archive: Archive, boundaries: Boundaries, clock: Clock) -> Desk:
    made = Desk(store, archive, boundaries=boundaries, model=read_model(), now=clock)
    made.add_agencies(county_bureaus(), duty_desks())
    return made
