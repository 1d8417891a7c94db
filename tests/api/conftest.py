"""A client of the real app over a temporary store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from data.reads.archive import Archive
from data.records import Site, SiteKind, Spot
from data.store import open_store
from geo.boundaries import Boundaries


@pytest.fixture
def service(tmp_path: Path, boundaries: Boundaries, clock) -> Iterator[Service]:
    made = Service(
        open_store(tmp_path / "lianfang.db"),
        boundaries,
        archive=Archive(tmp_path / "lianfang-reads", released=0),
        now=clock,
    )
    yield made
    made.close()


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    app = create_app(service, hosts=["testserver"])
    with TestClient(app, raise_server_exceptions=False) as caller:
        yield caller


CAMERAS = (
    ("toufen", "國道一號 頭份交流道", 120.9031, 24.6905),
    ("zhubei", "國道一號 竹北交流道", 121.0255, 24.8337),
    ("hukou", "國道一號 湖口交流道", 121.0470, 24.8781),
    ("yangmei", "國道一號 楊梅交流道", 121.1643, 24.9140),
)


@pytest.fixture
def cameras(service: Service) -> tuple[Site, ...]:
    """Four invented cameras along the freeway, in three counties."""
    made = tuple(
        Site(key, SiteKind.CAMERA, name, _spot(service, lng, lat), reads_plates=True)
        for key, name, lng, lat in CAMERAS
    )
    with service.store.write() as tx:
        tx.add_all(made)
    return made


def _spot(service: Service, lng: float, lat: float) -> Spot:
    return service.desk.located(Spot(lng=lng, lat=lat))
