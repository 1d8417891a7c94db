"""AC-12: load, outage, late data, at the scale of a test.

`LIANFANG_LOAD_SECONDS=600 pytest tests/api/test_ac12.py -k load` keeps the load up for
ten minutes. Times are of this machine, with whatever else it does: what is held is the
bar, and where only speed counts the best of some rounds, since noise only slows.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import perf_counter, sleep

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from data.reads.archive import Archive
from data.records import (
    HotListEntry,
    Lead,
    LeadRead,
    Report,
    ReportKind,
    Site,
    SiteKind,
    Spot,
    Vehicle,
    content_id,
)
from data.store import open_store

SECONDS = float(os.environ.get("LIANFANG_LOAD_SECONDS", "4"))
RATE = 2_000
BATCHES_PER_S = 10
WANTED_PER_BATCH = 1
ENTRIES = 20_000
SENDERS = 6
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ANY_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def plates(n, seed):
    """So many different plates."""
    rng = random.Random(seed)
    made = {}
    while len(made) < n:
        made["".join(rng.choices(LETTERS, k=3)) + f"-{rng.randrange(10_000):04d}"] = 1
    return list(made)


def entry_of(report):
    return HotListEntry(
        id=content_id("hot", report.id),
        report_id=report.id,
        agency_id=report.agency_id,
        plate=report.vehicle.plate.replace("-", ""),
        category="theft",
        since=report.event_from,
        verified_at=report.reported_at,
        expires_at=report.reported_at + timedelta(days=30),
        vehicle=report.vehicle,
        spot=report.spot,
    )


def stolen(plate, at, spot):
    return Report(
        id=content_id("report", plate),
        kind=ReportKind.STOLEN_VEHICLE,
        agency_id="10002",
        case_number=plate,
        reported_at=at,
        event_from=at,
        event_to=at,
        spot=spot,
        vehicle=Vehicle(plate, "sedan", "white"),
        synthetic=True,
    )


def want(service, wanted, at):
    """Put plates on the list, as another process would: nobody is told of them."""
    spot = service.desk.located(Spot(lng=121.7534, lat=24.7570))
    reports = [stolen(plate, at, spot) for plate in wanted]
    with service.store.write() as tx:
        tx.add_all(reports)
        tx.add_all(map(entry_of, reports))


@pytest.fixture
def busy(tmp_path, boundaries):
    """A service by the clock of the wall, with a list of 20,000 entries."""
    service = Service(
        open_store(tmp_path / "lianfang.db"),
        boundaries,
        archive=Archive(tmp_path / "reads", released=0),
        now=lambda: datetime.now(UTC),
    )
    want(service, plates(ENTRIES, 1), datetime.now(UTC) - 24 * HOUR)
    with TestClient(create_app(service, hosts=["testserver"])) as caller:
        yield service, caller


def batches(start, wanted):
    """The bodies of the load: when each is complete, when its wanted reads are made."""
    own, rng = RATE // BATCHES_PER_S, random.Random(2)
    made = []
    for number in range(int(SECONDS * BATCHES_PER_S)):
        moments = [(number + n / own) / BATCHES_PER_S for n in range(own)]
        hot = set(rng.sample(range(own), WANTED_PER_BATCH))
        reads = [
            {
                "camera_id": f"lane-{rng.randrange(500)}",
                "at": (start + timedelta(seconds=moment)).isoformat(),
                "plate": wanted.pop() if n in hot else stranger(rng),
                "sequence": number * own + n,
                "confidence": 0.95,
                "vehicle_type": "sedan",
                "colour": "white",
                "lng": 121.75,
                "lat": 24.75,
            }
            for n, moment in enumerate(moments)
        ]
        due = (number + 1) / BATCHES_PER_S
        made.append((due, [moments[n] for n in sorted(hot)], orjson.dumps(reads)))
    return made


def stranger(rng):
    return "".join(rng.choices(LETTERS, k=3)) + f"-{rng.randrange(10_000):04d}"


def send_all(caller, service, bodies):
    """Send each body when it is due, whatever became of those before; see who waits."""
    waited, leads, turn, begun = [], [], Lock(), perf_counter()

    def send(due, moments, body):
        sleep(max(0.0, begun + due - perf_counter()))
        answer = caller.post(
            "/reads", content=body, headers={"Content-Type": "application/json"}
        )
        done = perf_counter() - begun
        assert answer.status_code == 200, answer.text
        with service.store.read() as tx:
            kept = tx.get_all(Lead, answer.json()["leads"])
        assert len(kept) == len(answer.json()["leads"]) >= WANTED_PER_BATCH
        with turn:
            waited.extend(done - moment for moment in moments)
            leads.extend(kept.values())

    with ThreadPoolExecutor(SENDERS) as senders:
        for sent in [senders.submit(send, *body) for body in bodies]:
            sent.result()
    return np.array(waited), leads


def test_alerts_under_load_are_in_the_store_within_a_second(busy):
    """Open loop: an alert is late from when its read was made, whoever was busy."""
    service, caller = busy
    wanted = plates(ENTRIES, 1)
    warm = [{"camera_id": "w", "at": datetime.now(UTC).isoformat(), "plate": "XY-1"}]
    caller.post("/reads", content=orjson.dumps(warm))
    warm[0] |= {"plate": wanted.pop(), "lng": 121.75, "lat": 24.75}
    assert len(caller.post("/reads", json=warm).json()["leads"]) == 1
    bodies = batches(datetime.now(UTC) - timedelta(seconds=SECONDS), list(wanted))
    waited, leads = send_all(caller, service, bodies)
    assert len(waited) == int(SECONDS * BATCHES_PER_S) * WANTED_PER_BATCH
    assert len(leads) == len({lead.id for lead in leads}) >= len(waited)
    assert len(service.archive) == len(bodies) * RATE // BATCHES_PER_S + 1
    p95 = float(np.percentile(waited, 95))
    assert p95 <= 1.0, f"p95 {p95:.3f} s, worst {waited.max():.3f} s"


@pytest.fixture
def down(service, client, clock):
    """宜蘭's link was down from noon to two; six of its cars are wanted."""
    want(service, CARS, ANY_AT - 5 * HOUR)
    clock.at = ANY_AT + 2 * HOUR + 15 * MINUTE
    return client


CARS = ["KLA-1357", "KLB-2468", "KLC-3579", "KLD-4680", "KLE-5791", "KLF-6802"]


def kept_reads(step, n=4):
    """The reads of the two hours, in order: each car, and a stranger beside each read.

    Car by car, 19 minutes apart, n reads each so many minutes apart.
    """
    made = []
    for car, plate in enumerate(CARS):
        for n_read in range(n):
            at = ANY_AT + car * 19 * MINUTE + n_read * step * MINUTE
            for whose in (plate, f"ZZ{LETTERS[car]}-{n_read:04d}"):
                made.append(
                    {
                        "camera_id": f"yilan-{n_read}",
                        "at": at.isoformat(),
                        "plate": whose,
                        "sequence": len(made),
                        "lng": 121.75 + 0.002 * n_read,
                        "lat": 24.75,
                    }
                )
    return sorted(made, key=lambda read: read["at"])


def in_pieces(reads, size):
    return [reads[start : start + size] for start in range(0, len(reads), size)]


def leads_of(service):
    """The wanted plate of each lead, with its reads, in order of creation."""
    with service.store.read() as tx:
        entries = {entry.id: entry.plate for entry in tx.find(HotListEntry)}
        reads = tx.find(LeadRead)
        found = sorted(tx.find(Lead), key=lambda lead: lead.created_at)
    return [
        (entries[lead.entry_id], sum(one.lead_id == lead.id for one in reads))
        for lead in found
    ]


def test_after_an_outage_each_incident_is_raised_once_late_and_in_order(
    down, service, clock
):
    """The queue comes in order of its batches, each of them shuffled."""
    rng = random.Random(3)
    reads = kept_reads(step=6)
    raised = []
    for batch in in_pieces(reads, 7):
        clock.at += timedelta(seconds=1)
        told = down.post("/reads", json=rng.sample(batch, len(batch))).json()
        raised += told["leads"]
    shown = [down.get(f"/leads/{lead_id}").json() for lead_id in raised]
    moments = [lead["read"]["at"] for lead in shown]
    assert leads_of(service) == [(car.replace("-", ""), 4) for car in CARS]
    assert moments == sorted(moments)
    assert all(lead["late_s"] > 1000 for lead in shown)
    assert all(one["read"]["late"] for lead in shown for one in lead["reads"])


@pytest.mark.parametrize("seed", range(4))
def test_an_upload_that_is_cut_and_begun_again_loses_and_doubles_nothing(
    down, service, seed
):
    """Any order of batches; the answer to the last one before the cut was not heard."""
    rng = random.Random(seed)
    reads = kept_reads(step=3)
    rng.shuffle(reads)
    first = in_pieces(reads, 5)
    stored = sum(
        down.post("/reads", json=batch).json()["stored"]
        for batch in first[: rng.randrange(1, len(first))]
    )
    rng.shuffle(reads)
    for batch in in_pieces(reads, 9):
        told = down.post("/reads", json=batch).json()
        stored += told["stored"]
        shown = [down.get(f"/leads/{one}").json() for one in told["leads"]]
        moments = [lead["read"]["at"] for lead in shown]
        assert moments == sorted(moments)
    assert stored == len(service.archive) == len(reads)
    assert sorted(leads_of(service)) == [(car.replace("-", ""), 4) for car in CARS]
    told_of = down.get("/deliveries", params={"agency_id": "10002", "limit": 500})
    about = [row["subject_id"] for row in told_of.json()["deliveries"]]
    assert len(about) == len(set(about)) == len(CARS)


def best(measure, bar, rounds=6):
    """The first of some rounds that is within the bar, else the best of them."""
    found = float("inf")
    for _ in range(rounds):
        found = min(found, measure())
        if found <= bar:
            break
    return found


def test_the_nearest_site_is_found_within_twenty_milliseconds(service, client):
    rng = np.random.default_rng(5)
    points = zip(
        rng.uniform(120.1, 121.9, 20_000).tolist(),
        rng.uniform(22.1, 25.2, 20_000).tolist(),
        strict=True,
    )
    with service.store.write() as tx:
        tx.add_all(
            Site(f"s-{n}", SiteKind.CAMERA, f"s-{n}", Spot(lng=lng, lat=lat))
            for n, (lng, lat) in enumerate(points)
        )

    def p95():
        waited = []
        for lng in np.linspace(120.3, 121.7, 60).tolist():
            begun = perf_counter()
            answer = client.get("/sites/nearest", params={"lng": lng, "lat": 24.1})
            waited.append(perf_counter() - begun)
            assert answer.json()["sites"]
        return float(np.percentile(waited, 95))

    p95()  # the index is built with the first question
    assert best(p95, 0.020) <= 0.020


def test_points_are_in_counties_at_fifty_thousand_a_second(boundaries):
    rng = np.random.default_rng(6)
    n = 100_000
    lng, lat = rng.uniform(120.1, 121.9, n), rng.uniform(22.1, 25.2, n)
    boundaries.leads(lng=lng[:100], lat=lat[:100])

    def seconds():
        begun = perf_counter()
        found = boundaries.leads(lng=lng, lat=lat)
        assert len(found) == n
        return perf_counter() - begun

    assert best(seconds, n / 50_000) <= n / 50_000
