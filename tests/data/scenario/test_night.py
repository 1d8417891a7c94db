import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest

from data import records
from data.agencies import NORTHERN_EIGHT as EIGHT
from data.records import ReportKind, SiteKind
from data.scenario import (
    NIGHT_FROM,
    NIGHT_TO,
    Size,
    digest,
    generate,
    script,
    summary,
)
from geo.distance import distance_m, speed_kmh

IN_ANOTHER_PROCESS = """
from data.bundled import load_boundaries
from data.scenario import Size, digest, generate
size = Size(vehicles=300, wanted=20, near_misses=12)
import sys
sys.stdout.write(digest(generate(boundaries=load_boundaries(), size=size)))
"""


def test_same_seed_gives_the_same_night_to_the_byte(boundaries, night):
    assert digest(generate(boundaries=boundaries)) == digest(night)


def test_another_seed_gives_another_night(boundaries, small):
    size = Size(vehicles=300, wanted=20, near_misses=12)
    assert digest(generate(boundaries=boundaries, seed=2, size=size)) != digest(small)


def test_another_process_with_another_hash_seed_gives_the_same_night(small):
    found = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        env=os.environ | {"PYTHONHASHSEED": "4242"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert found.stdout == digest(small)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("cameras", 340, 380),
        ("reads", 22_500, 25_500),
        ("vehicles_read", 5_000, 6_100),
        ("misread", 1_500, 4_000),
        ("late_reads", 200, 2_000),
        ("repeated_reads", 100, 900),
        ("closings", 6, 6),
        ("truth", 100, 300),
        ("truth_misread", 5, 60),
        ("wanted_read", 25, 36),
        ("found_later", 20, 150),
    ],
)
def test_count_is_in_its_range(night, name, low, high):
    assert low <= getattr(summary(night), name) <= high


def test_reports_are_as_many_as_the_size_says(night):
    size = Size()
    kinds = Counter(report.kind for report in night.reports)
    assert kinds == {
        ReportKind.STOLEN_VEHICLE: size.wanted,
        ReportKind.MISSING_PERSON: size.missing + 1,
        ReportKind.FOUND_PERSON: size.found + 1,
    }


def test_evening_is_busy_and_the_small_hours_are_quiet(night):
    per_hour = summary(night).reads_per_hour
    assert min(per_hour[:4] + per_hour[13:]) > 3 * max(per_hour[8:11])


def test_everything_reported_is_marked_synthetic(night):
    assert all(report.synthetic for report in night.reports)
    assert all(site.attributes["synthetic"] for site in night.sites)


def test_every_bureau_has_a_duty_desk(night):
    assert len(night.agencies) == 22
    desks = {point.id: point.agency_id for point in night.contact_points}
    assert desks == {f"{agency.id}-duty": agency.id for agency in night.agencies}


def test_bureaus_of_municipalities_are_named_differently(night):
    names = {agency.id: agency.name for agency in night.agencies}
    assert names["10005"] == "苗栗縣警察局"
    assert names["65000"] == "新北市政府警察局"


def test_every_site_is_in_the_county_and_town_it_names(boundaries, night):
    for site in night.sites:
        place = boundaries.locate(lng=site.spot.lng, lat=site.spot.lat)
        assert (place.county.code, place.town.code) == (
            site.spot.county_code,
            site.spot.town_code,
        ), site.name


def test_every_site_is_in_the_eight_counties(night):
    assert {site.spot.county_code for site in night.sites} == set(EIGHT)


def test_every_report_is_in_the_county_and_town_of_its_address(boundaries, night):
    for report in night.reports:
        place = boundaries.locate(lng=report.spot.lng, lat=report.spot.lat)
        assert place.county.code == report.spot.county_code == report.agency_id
        assert report.spot.address.startswith(place.county.name + place.town.name)


def test_some_reports_come_from_outside_the_eight(night):
    assert len([r for r in night.reports if r.agency_id not in EIGHT]) == Size().outside


def test_case_numbers_and_ids_are_given_once(night):
    assert len({report.case_number for report in night.reports}) == len(night.reports)
    assert len({report.id for report in night.reports}) == len(night.reports)
    assert len({read.id for read in night.reads}) == len(night.reads)
    assert len({site.id for site in night.sites}) == len(night.sites)


def test_reads_are_raw_and_named_by_camera_and_sequence(night):
    for read in night.reads:
        assert read.plate == ""
        assert read.id == records.read_id(
            read.camera_id,
            sequence=read.sequence,
            at=read.at,
            plate_raw=read.plate_raw,
        )


def test_sequences_of_a_camera_count_up_in_time(night):
    last = {}
    for read in night.reads:
        at, sequence = last.get(read.camera_id, (NIGHT_FROM, 0))
        assert read.sequence == sequence + 1
        assert read.at >= at
        last[read.camera_id] = (read.at, read.sequence)


def test_reads_are_made_in_the_night(night):
    assert all(NIGHT_FROM <= read.at < NIGHT_TO for read in night.reads)


def test_events_are_in_time_order(night):
    assert all(one.at <= other.at for one, other in pairwise(night.events()))


def test_events_deliver_every_read_report_and_closing(night):
    events = list(night.events())
    delivered = Counter(read.id for event in events for read in event.reads)
    assert set(delivered) == {read.id for read in night.reads}
    again = sum(count - 1 for count in delivered.values())
    assert again == summary(night).repeated_reads
    assert [e.report for e in events if e.report] == list(night.reports)
    assert [e.closing for e in events if e.closing] == list(night.closings)


def test_an_event_is_exactly_one_thing(night):
    for event in night.events():
        told = (event.report is not None, bool(event.reads), event.closing is not None)
        assert sum(told) == 1


def test_reads_arrive_after_they_were_made_and_late_ones_much_later(night):
    for batch in night.batches:
        for read in batch.reads:
            minutes = (read.received_at - read.at).total_seconds() / 60
            assert (20 <= minutes <= 60) if read.late else (0 < minutes < 1)
            assert batch.is_repeated or batch.at == read.received_at


def test_truth_has_no_read_before_the_event_or_after_the_closing(night):
    reports = {report.id: report for report in night.reports}
    reads = {read.id: read for read in night.reads}
    closed_at = {closing.report_id: closing.at for closing in night.closings}
    for read_id, report_id in night.truth:
        assert reads[read_id].at >= reports[report_id].event_from
        if report_id in closed_at:
            assert reads[read_id].received_at < closed_at[report_id]


def test_truth_is_of_the_wanted_vehicle_itself(night):
    plates = {report.id: report.vehicle for report in night.reports}
    for read_id, report_id in night.truth:
        assert night.true_plates[read_id] == plates[report_id].plate


def test_every_read_of_a_wanted_plate_is_either_true_or_a_decoy(night):
    wanted = {r.vehicle.plate for r in night.reports if r.vehicle is not None}
    of_wanted = {r for r, plate in night.true_plates.items() if plate in wanted}
    true = {read_id for read_id, _ in night.truth}
    excused = {r for d in night.decoys if d.kind != "near-miss" for r in d.read_ids}
    assert true | excused == of_wanted
    assert not true & excused


def test_decoys_of_each_kind_are_read(night):
    counts = summary(night).decoy_reads
    assert set(counts) == {"near-miss", "owner", "recovered"}
    assert min(counts.values()) > 10


def test_near_misses_differ_from_a_wanted_plate_in_one_character(night):
    wanted = {r.id: r.vehicle.plate for r in night.reports if r.vehicle is not None}
    near = [decoy for decoy in night.decoys if decoy.kind == "near-miss"]
    assert len(near) == Size().near_misses
    for decoy in near:
        plate = wanted[decoy.report_id]
        differing = [a != b for a, b in zip(decoy.plate, plate, strict=True)]
        assert sum(differing) == 1


def test_most_wanted_vehicles_are_read_in_two_counties_or_more(night):
    reads = {read.id: read for read in night.reads}
    counties = {}
    for read_id, report_id in night.truth:
        seen = counties.setdefault(report_id, set())
        seen.add(reads[read_id].spot.county_code)
    assert sum(len(seen) > 1 for seen in counties.values()) > 20


def test_nobody_drives_faster_than_140_kmh(night):
    last = {}
    for read in night.reads:
        plate = night.true_plates[read.id]
        before = last.get(plate)
        if before is not None:
            metres = distance_m(
                lng=before.spot.lng,
                lat=before.spot.lat,
                to_lng=read.spot.lng,
                to_lat=read.spot.lat,
            )
            assert speed_kmh(metres, (read.at - before.at).total_seconds()) < 140
        last[plate] = read


def test_two_pairs_of_persons_share_a_name_and_not_an_age(night):
    names = Counter(r.person.name for r in night.reports if r.person is not None)
    assert sum(count > 1 for count in names.values()) >= 2


def test_the_scripted_theft_is_there(boundaries, night):
    report = next(r for r in night.reports if r.case_number == script.CASE_NUMBER)
    assert report.vehicle == script.STOLEN
    assert report.spot.address == "苗栗縣頭份市中央路"
    assert boundaries.locate(lng=report.spot.lng, lat=report.spot.lat).town.name == (
        "頭份市"
    )


def test_the_scripted_read_is_there_and_is_the_only_one(night):
    (read,) = [r for r in night.reads if night.true_plates[r.id] == "BKD-5826"]
    site = next(site for site in night.sites if site.id == read.camera_id)
    assert site.name == "國道一號 楊梅交流道 北上"
    assert (read.plate_raw, read.confidence) == ("BKO-5B26", 0.78)
    assert (read.vehicle_type, read.colour) == ("suv", "white")
    assert read.at.isoformat() == "2026-03-01T19:05:00+00:00"
    assert read.id in {read_id for read_id, _ in night.truth}


def test_the_scripted_camera_is_34_4_km_from_the_theft(night):
    site = next(s for s in night.sites if s.name == "國道一號 楊梅交流道 北上")
    metres = distance_m(
        lng=script.SPOT.lng,
        lat=script.SPOT.lat,
        to_lng=site.spot.lng,
        to_lat=site.spot.lat,
    )
    assert metres == pytest.approx(34_400, abs=50)


def test_cameras_between_theft_and_read_stand_at_hukou_and_zhubei(night):
    names = {site.name for site in night.sites if site.kind is SiteKind.CAMERA}
    assert {"國道一號 湖口交流道 北上", "國道一號 竹北交流道 北上"} <= names


@pytest.mark.parametrize(
    "sizes", [{"wanted": 12}, {"vehicles": -1}, {"near_misses": 0}]
)
def test_impossible_size_is_refused(sizes):
    with pytest.raises(ValueError, match="want"):
        Size(**sizes)
