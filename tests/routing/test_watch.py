"""Reads are screened once and all, whoever dies, and past reads as live ones are."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.errors import StoreRefused
from data.reads.archive import Archive
from data.reads.columns import Look
from data.records import Lead, LeadRead, Read, ReportState, Site, SiteKind, Spot
from data.store import open_store
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.model import read_model
from matching.near import readings_of
from routing.desk import Desk
from routing.office import OWED
from routing.progress import EVERY, SCREENED
from routing.watch import LookNumbers
from tests.routing.test_desk import SEEN, YANGMEI, kept, read, seen, stolen

MISREAD = [
    "BKD5826", "BKO5B26", "BKD5828", "BKQ5826", "8KD5826", "BKD582", "KD5826",
    "BKDD5826", "BXD5B26", "ABC1235", "BKD9999", "8KO5B2G", "BK05826",
]  # fmt: skip


def raised(store):
    return {(one.entry_id, one.read_id) for one in kept(store, LeadRead)}


def another(desk, store, archive, boundaries):
    """The desk of a service that begins where the one before died."""
    made = Desk(store, archive, boundaries=boundaries, model=desk.model, now=desk._now)
    made.catch_up()
    return made


def test_reads_that_were_kept_and_not_screened_are_screened_at_the_start(
    desk, store, archive, boundaries
):
    desk.open_report(stolen())
    with store.write() as tx:
        before = tx.mark(SCREENED)
    seen_before = desk.record_reads([read(n=1)])
    with store.write() as tx:
        tx.remove_mark(SCREENED)  # as if killed before anything of it was kept
        tx.set_mark(SCREENED, before)
    desk._screened = lambda *_: pytest.fail("killed")
    with pytest.raises(pytest.fail.Exception):
        desk.record_reads([read(n=2, at=SEEN + timedelta(minutes=1))])
    assert len(raised(store)) == len(seen_before.leads) == 1
    another(desk, store, archive, boundaries)
    assert len(raised(store)) == 2
    another(desk, store, archive, boundaries)
    assert len(raised(store)) == 2
    assert len(kept(store, Lead)) == 1


def test_reads_that_the_store_refused_are_screened_with_the_next_batch(
    desk, store, monkeypatch
):
    desk.open_report(stolen())

    def refuse():
        raise StoreRefused("locked")

    with monkeypatch.context() as locked:
        locked.setattr(store, "write", refuse)
        with pytest.raises(StoreRefused):
            desk.record_reads([read()])
    again = desk.record_reads([read()])
    assert (again.stored, again.duplicate) == (0, 1)
    assert len(again.leads) == len(kept(store, Lead)) == 1


def test_the_mark_moves_on_so_that_a_start_does_not_begin_from_the_first_read(
    desk, store, archive, boundaries, monkeypatch
):
    from routing import progress

    monkeypatch.setattr(progress, "EVERY", 5)
    for n in range(20):
        desk.record_reads([read("XYZ-9876", n=n)])
    with store.read() as tx:
        assert 10 < tx.mark(SCREENED) < 20
    assert EVERY > 1


def test_past_reads_are_searched_by_whoever_has_the_archive(
    desk, store, boundaries, clock
):
    desk.record_reads([read("BKO-5B26", vehicle_type="suv", colour="white")])
    other = Desk(store, None, boundaries=boundaries, model=read_model(), now=clock)
    assert other.open_report(stolen()).leads == ()
    with store.read() as tx:
        assert len(tx.marks(OWED)) == 1
    (lead,) = desk.record_reads([read("XYZ-9876", n=9)]).leads
    assert lead.explanation["comparisons"][0]["right"] == "BKO-5B26"
    with store.read() as tx:
        assert tx.marks(OWED) == []


def test_what_was_closed_before_it_was_searched_is_not_searched(
    desk, store, boundaries, clock
):
    desk.record_reads([read()])
    other = Desk(store, None, boundaries=boundaries, model=read_model(), now=clock)
    report = other.open_report(stolen()).report
    other.close_report(report.id, reason="尋獲")
    assert desk.catch_up() == ()
    assert kept(store, Lead) == []


@contextmanager
def open_both(folder):
    """A store and an archive in a folder."""
    with open_store(folder / "a.db") as store, Archive(folder / "reads") as archive:
        yield store, archive


def test_the_past_is_found_as_the_present_is(tmp_path, boundaries, clock):
    """The same reads before and after the report raise leads for the same reads."""
    looks = [{}, {"vehicle_type": "suv", "colour": "white", "confidence": 0.78}]
    near = readings_of("BKD5826", least=3e-5).codes
    assert near.size > 100
    plates = [*MISREAD, *_texts(near[:: near.size // 60])]
    reads = [
        read(plate, n=n, **look)
        for n, (plate, look) in enumerate((p, one) for p in plates for one in looks)
    ]
    raised_when = {}
    for is_past in (False, True):
        folder = tmp_path / str(is_past)
        with open_both(folder) as (store, archive):
            desk = _desk(store, archive, boundaries, clock)
            if is_past:
                desk.record_reads(reads[::2])
                archive.rotate()
                archive.upkeep.seal_waiting()
                desk.record_reads(reads[1::2])
            desk.open_report(stolen())
            if not is_past:
                for one in reads:
                    desk.record_reads([one])
            raised_when[is_past] = {
                one.explanation["comparisons"][0]["right"]
                for one in kept(store, LeadRead)
            }
    assert raised_when[True] == raised_when[False]
    assert len(raised_when[True]) > 20


def _texts(codes):
    from data.plate_codes import decode

    return decode(codes).tolist()


def _desk(store, archive, boundaries, clock):
    from data.agencies import county_bureaus, duty_desks

    made = Desk(store, archive, boundaries=boundaries, model=read_model(), now=clock)
    made.add_agencies(county_bureaus(), duty_desks())
    return made


def test_a_camera_that_moves_about_keeps_a_place_with_each_read(desk):
    points = [(121.1 + n / 1000, 24.9) for n in range(40)]
    desk.record_reads(
        [read(n=n, spot=Spot(lng=x, lat=y)) for n, (x, y) in enumerate(points)]
    )
    found = seen(desk)
    assert [(one.spot.lng, one.spot.lat) for one in found] == points
    assert {one.spot.county_code for one in found} == {"68000"}
    assert len(desk.archive.names.cameras) <= 18


def test_a_camera_that_was_moved_is_read_where_it_stands_now(desk, store):
    old, new = desk.located(YANGMEI), desk.located(Spot(lng=121.0470, lat=24.8781))
    with store.write() as tx:
        tx.add(Site("cam", SiteKind.CAMERA, "楊梅", old))
    desk.record_reads([read(n=1, spot=Spot())])
    with store.write() as tx:
        site = tx.get(Site, "cam")
        tx.replace(replace(site, spot=new, version=2), at=SEEN)
    desk.record_reads([read(n=2, spot=Spot())])
    assert [one.spot for one in seen(desk)] == [old, new]


def test_a_read_that_raised_a_lead_stays_in_the_store_when_the_archive_forgets(
    desk, store
):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read(), read("XYZ-9876", n=2)]).leads
    desk.archive.rotate()
    later = SEEN + timedelta(days=400)
    desk.archive.purge(later, now=later, is_held=_nothing)
    assert seen(desk) == []
    assert [one.id for one in kept(store, Read)] == [lead.read_id]


def _nothing(reads):
    return np.zeros(len(reads), dtype=bool)


def test_an_old_message_after_the_recovery_changes_nothing(desk, store):
    """A report that comes again, or late, does not make a closed one wanted."""
    report = desk.open_report(stolen()).report
    desk.close_report(report.id, reason="尋獲")
    again = desk.open_report(stolen())
    assert (again.is_new, again.report.state) == (False, ReportState.CLOSED)
    assert desk.record_reads([read()]).leads == ()
    assert raised(store) == set()


def test_a_store_from_before_the_archive_gives_its_reads_to_it(desk, store):
    desk.open_report(stolen())
    old = replace(desk_read(desk), id="read-old")
    with store.write() as tx:
        tx.add(old)
    assert desk.catch_up() == ()
    assert [one.plate_raw for one in seen(desk)] == [old.plate_raw]
    assert seen(desk)[0].spot == old.spot
    desk.catch_up()
    assert len(seen(desk)) == 1


def desk_read(desk):
    return replace(read("XYZ-9876"), plate="XYZ9876", spot=desk.located(YANGMEI))


def test_looks_are_numbered_anew_when_the_list_has_grown_or_is_another_one():
    looks, numbers = [Look("suv", "white")], LookNumbers()
    assert numbers.of(looks)[0].tolist() == [TYPE_NUMBERS["suv"]]
    looks.append(Look(None, "red"))
    kinds, colours = numbers.of(looks)
    assert kinds.tolist() == [TYPE_NUMBERS["suv"], 0]
    assert colours.tolist() == [COLOUR_NUMBERS["white"], COLOUR_NUMBERS["red"]]
    others = [Look("bus", None), Look("van", None)]
    assert numbers.of(others)[0].tolist() == [TYPE_NUMBERS["bus"], TYPE_NUMBERS["van"]]
