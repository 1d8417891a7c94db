"""Plates, types and colours of two reports, and the columns that hold them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Report, ReportKind, Spot, Vehicle
from matching.thefts.columns import COLUMNS, record_of
from matching.thefts.looks import (
    CONTRADICTED,
    colour_similarity,
    plate_fits,
    type_similarity,
)
from matching.thefts.model import incident_model, vehicle_model

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
REPORT = Report(
    id="rep-1",
    kind=ReportKind.STOLEN_VEHICLE,
    agency_id="10005",
    case_number="1",
    reported_at=AT,
    event_from=AT,
    event_to=AT,
    spot=Spot(lng=120.9, lat=24.69, error_m=50),
    vehicle=Vehicle("bkd-5826", "van", "silver", " Volkswagen", "T5  GP", "車頂架"),
    text="鑰匙未拔",
)


@pytest.mark.parametrize(
    ("left", "right", "fits"),
    [
        ("BKD5826", "BKD5826", 7),
        ("BKD5826", "BK?582?", 5),
        ("???????", "BKD5826", 0),
        ("BKD5826", "BKD5827", CONTRADICTED),
        ("BKD5826", "BKD582", CONTRADICTED),
        ("BK?5826", "BKD582?", 5),
    ],
)
def test_a_plate_in_part_fits_as_far_as_it_is_known(left, right, fits):
    assert plate_fits([left, right], [right, left]).tolist() == [fits, fits]


PLATES = st.text("ABC123?", min_size=4, max_size=7)


@given(PLATES, PLATES)
def test_what_nobody_knows_never_contradicts(one, other):
    (fits,) = plate_fits([one], [other])
    (hidden,) = plate_fits(["?" * len(other)], [other])
    assert hidden == 0
    assert fits <= min(len(one), len(other))


def test_types_and_colours_that_are_not_ours_say_nothing():
    assert np.isnan(type_similarity(["小客車"], ["van"])[0])
    assert np.isnan(colour_similarity(["迷彩"], ["red"])[0])
    types = type_similarity(["van"] * 3, ["van", "suv", "scooter"])
    assert types.tolist() == [1, 0.5, -1]
    colours = colour_similarity(["white"] * 3, ["white", "silver", "red"])
    assert colours.tolist() == [1, 0.5, 0]


def test_everything_that_is_known_of_a_vehicle_has_a_column():
    found = record_of(REPORT)
    assert found == {
        "what": "vehicle",
        "plate": "BKD5826",
        "type": "van",
        "colour": "silver",
        "make": "volkswagen",
        "model": "t5 gp",
        "description": "車頂架，鑰匙未拔",
        "whereabouts": "missing 120.90000,24.69000 ±50 "
        "2026-03-01T08:00Z..2026-03-01T08:00Z unknown",
    }
    assert set(found) == set(COLUMNS)


@pytest.mark.parametrize(("plate", "kept"), [("B?D-58??", "B?D58??"), ("看不清", None)])
def test_a_plate_is_kept_as_far_as_it_is_one(plate, kept):
    here = replace(
        REPORT, kind=ReportKind.FOUND_VEHICLE, vehicle=Vehicle(plate), text=None
    )
    assert record_of(here).get("plate") == kept
    assert record_of(here)["whereabouts"].startswith("found ")


@pytest.mark.parametrize("model", [vehicle_model(), incident_model()])
def test_a_better_level_never_weighs_less(model):
    for comparison in model.comparisons:
        # levels that were pooled weigh the same but for rounding
        bits = [round(one.bits, 9) for one in comparison.levels if not one.is_missing]
        assert bits == sorted(bits, reverse=True), comparison.name
