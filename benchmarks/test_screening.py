"""How fast reads go against the hot list, and through the whole desk.

python -m pytest benchmarks/test_screening.py
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries
from data.reads.archive import Archive
from data.records import HotListEntry, Read, Spot, Vehicle
from data.store import open_store
from matching.model import read_model
from matching.plates import NEW_DIGITS, NEW_LETTERS
from matching.weigh import weigh_read
from routing.desk import Desk

SEED = 20_260_301
WANTED = 5_000
BATCH = 1_000
AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
SPOT = Spot(121.1643, 24.9140, county_code="68000")


def plates(n, rng):
    return [
        "".join(rng.choices(NEW_LETTERS, k=3)) + "".join(rng.choices(NEW_DIGITS, k=4))
        for _ in range(n)
    ]


def entry(n, plate):
    return HotListEntry(
        id=f"hot-{n}",
        report_id=f"rep-{n}",
        agency_id="10005",
        plate=plate,
        category="theft",
        since=AT - timedelta(hours=1),
        verified_at=AT,
        expires_at=AT + timedelta(days=30),
        vehicle=Vehicle(plate, "suv", "white"),
        spot=SPOT,
    )


def read(n, plate):
    return Read(f"read-{n}", "cam", AT, plate, plate, AT, SPOT, n, 0.9)


@pytest.fixture(scope="module")
def wanted():
    rng = random.Random(SEED)
    return [entry(n, plate) for n, plate in enumerate(plates(WANTED, rng))]


@pytest.fixture(scope="module")
def seen():
    rng = random.Random(SEED + 1)
    return [read(n, plate) for n, plate in enumerate(plates(BATCH, rng))]


def test_weigh_one_pair(benchmark, wanted):
    model = read_model()
    misread = read(0, wanted[0].plate[:-1] + "B")
    weighing = benchmark(
        lambda: weigh_read(misread, wanted[0], model, distance_m=30_000.0)
    )
    assert weighing.findings


def test_a_thousand_reads_through_the_desk(benchmark, tmp_path, seen):
    store, archive = open_store(tmp_path / "lianfang.db"), Archive(tmp_path / "reads")
    rooms = {"boundaries": load_boundaries(), "model": read_model()}
    desk = Desk(store, archive, **rooms, now=lambda: AT)
    desk.add_agencies(county_bureaus(), duty_desks())
    rounds = iter(range(1_000_000))

    def one_batch():
        number = next(rounds)
        return desk.record_reads(
            [replace(one, id=f"{number}-{one.id}") for one in seen]
        )

    answer = benchmark(one_batch)
    assert answer.stored == BATCH
    archive.close()
    store.close()
