"""The public files as they are, when they are beside the checkout."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from data.importers.loading import load_sites
from data.importers.parsed import LoadKind, Options
from data.importers.reading import parse_file
from data.records import SiteKind

AT = datetime(2026, 3, 1, tzinfo=UTC)

SITES = [
    ("stations", "police_stations_20251027.csv", 1686),
    ("cameras", "speed_cameras_2023.csv", 2125),
    ("cameras", "speed_cameras_2023.json", 2125),
    ("atms", "atm_points.csv", 19949),
    ("cameras", "etc_gantries_20251209.csv", 341),
    ("cameras", "taipei_cctv_by_precinct.csv", 13699),
    ("cameras", "cctv_water/water_cctv.json", 171),
]
THEFTS = ["bicycle", "car", "motorcycle", "residential", "robbery", "snatching"]

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def read(shared_data, boundaries):
    def parsed(kind, file, **options):
        return parse_file(
            shared_data / file,
            LoadKind(kind),
            options=Options(**options),
            boundaries=boundaries,
            at=AT,
        )

    return parsed


@pytest.mark.parametrize(("kind", "file", "rows"), SITES)
def test_every_row_of_a_file_of_sites_is_accounted_for(
    kind, file, rows, shared_data, store, boundaries
):
    loads = [
        load_sites(
            store,
            shared_data / file,
            LoadKind(kind),
            options=Options(),
            boundaries=boundaries,
            at=AT,
        ).load
        for _ in range(2)
    ]
    first, again = loads
    assert first.rows == first.loaded + first.duplicate + first.quarantined == rows
    assert first.loaded > 0.97 * rows
    assert (again.loaded, again.quarantined) == (0, first.quarantined)


@pytest.mark.parametrize("name", THEFTS)
def test_nearly_every_theft_becomes_a_report(read, name):
    parsed = read("reports", f"taipei_theft/{name}.csv")
    assert parsed.rows == len(parsed.records) + parsed.duplicate + len(parsed.refused)
    assert len(parsed.records) > 0.97 * parsed.rows
    assert {report.agency_id for report in parsed.records} <= {"63000", "65000"}
    located = [report for report in parsed.records if report.spot.town_code]
    assert len(located) > 0.97 * len(parsed.records)


def test_stations_land_in_the_county_that_they_name(read):
    parsed = read("stations", "police_stations_20251027.csv")
    assert not [site for site in parsed.records if site.spot.county_code is None]
    repaired = dict(parsed.repairs)
    assert repaired["degrees swapped"] == 6
    assert repaired["metres: zone 119"] == 7
    assert repaired["metres: x and y swapped"] == 1
    assert repaired["two numbers: the first is the address"] == 3


def test_gantries_read_plates_and_keep_their_codes(read):
    parsed = read("cameras", "etc_gantries_20251209.csv")
    assert {site.kind for site in parsed.records} == {SiteKind.GANTRY}
    assert all(site.reads_plates for site in parsed.records)
    assert all(site.attributes["source_id"] == site.id for site in parsed.records)


def test_csv_and_json_of_speed_cameras_name_the_same_sites(read):
    table = read("cameras", "speed_cameras_2023.csv")
    listed = read("cameras", "speed_cameras_2023.json")
    assert {site.id for site in table.records} == {site.id for site in listed.records}


def test_labels_that_the_point_contradicts_are_kept_beside_it(read):
    parsed = read("cameras", "speed_cameras_2023.csv")
    said = [site for site in parsed.records if "county_said" in site.attributes]
    assert said
    assert Counter(each.code for each in parsed.refused)["zero"] == 4


def test_machines_without_a_point_wait_in_quarantine(read):
    codes = Counter(each.code for each in read("atms", "atm_points.csv").refused)
    assert codes["no-place"] == 324
    assert codes["outside"] == 4
    assert codes["far-from-county"] == 1


def test_precincts_give_the_town_of_nearly_every_street_camera(read):
    parsed = read("cameras", "taipei_cctv_by_precinct.csv")
    assert {site.spot.county_code for site in parsed.records} == {"63000"}
    assert all(site.spot.town_code for site in parsed.records)
    assert "read as cp950" in parsed.notes


def test_blank_lines_of_the_car_thefts_are_no_rows(read):
    parsed = read("reports", "taipei_theft/car.csv")
    assert (parsed.rows, parsed.blank) == (589, 2705)
