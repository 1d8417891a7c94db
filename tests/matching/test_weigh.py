"""Weights: what speaks for, what against, and what says nothing."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import HotListEntry, LeadLevel, Read, Spot, Vehicle
from matching import evidence
from matching.errors import ModelRefused
from matching.misreads import Misreads
from matching.model import HERE, read_model
from matching.plates import DIGITS, LETTERS, PlateForm
from matching.weigh import plate_bits, weigh_read

MODEL = read_model()
AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
ENTRY = HotListEntry(
    id="hot",
    report_id="rep",
    agency_id="10005",
    plate="BKD5826",
    category="theft",
    since=AT - timedelta(minutes=55),
    verified_at=AT,
    expires_at=AT + timedelta(days=30),
    vehicle=Vehicle("BKD-5826", "suv", "white"),
    spot=Spot(120.9, 24.69),
)
READ = Read("r", "c", AT, "BKO-5B26", "BKO5B26", AT, Spot(121.16, 24.91),
            confidence=0.78, vehicle_type="suv", colour="white")  # fmt: skip


def bits(read=READ, entry=ENTRY, distance_m=34_400.0):
    weighing = weigh_read(read, entry, MODEL, distance_m=distance_m)
    return {finding.name: finding.bits for finding in weighing.findings}


def test_weights_add_up_and_become_the_probability():
    weighing = weigh_read(READ, ENTRY, MODEL, distance_m=34_400.0)
    total = MODEL.prior_bits + sum(bits().values())
    assert weighing.bits == pytest.approx(total)
    assert weighing.probability == pytest.approx(2**total / (1 + 2**total))


@pytest.mark.parametrize("field", ["vehicle_type", "colour"])
def test_nothing_to_compare_adds_exactly_nothing(field):
    name = {"vehicle_type": "type"}.get(field, field)
    assert bits(replace(READ, **{field: None}))[name] == 0.0


def test_an_unknown_distance_adds_exactly_nothing():
    assert bits(distance_m=None)["journey"] == 0.0


def test_the_same_reading_from_many_cameras_speaks_for_another_vehicle():
    weighed = [
        weigh_read(READ, ENTRY, MODEL, distance_m=None, others=others).bits
        for others in (0, 1, 2, 9)
    ]
    assert weighed[0] > weighed[1] > weighed[2] == weighed[3]


def test_an_exact_reading_is_not_weighed_by_its_own_kind():
    exact = replace(READ, plate="BKD5826")
    weighing = weigh_read(exact, ENTRY, MODEL, distance_m=None, others=5)
    assert weighing.findings[-1].bits == 0.0


def test_a_rare_colour_counts_for_more_than_a_common_one():
    gold = replace(ENTRY, vehicle=Vehicle("BKD-5826", "suv", "gold"))
    assert bits(replace(READ, colour="gold"), gold)["colour"] > bits()["colour"]


def test_better_levels_never_weigh_less():
    for comparison in MODEL.comparisons.values():
        if comparison.shares:
            continue
        weights = [log2(found.m / found.u) for found in comparison.levels.values()]
        same = [comparison.bits(name) for name in comparison.levels]
        assert same == pytest.approx(weights)
    colours = [
        bits(replace(READ, colour=c))["colour"] for c in ("white", "grey", "red")
    ]
    assert colours == sorted(colours, reverse=True)
    for kind in ("sedan", "van", "truck", "scooter"):
        assert bits(replace(READ, vehicle_type=kind))["type"] < 0 < bits()["type"]


def test_a_yellow_taxi_says_little_of_a_plate_that_only_taxis_have():
    taxi = replace(
        ENTRY, plate="TDK5826", vehicle=Vehicle("TDK-5826", "taxi", "yellow")
    )
    seen = {"vehicle_type": "taxi", "colour": "yellow"}
    as_taxi = bits(replace(READ, plate="TDK5B26", **seen), taxi)
    as_car = bits(replace(READ, plate="BDK5B26", **seen), taxi)
    assert as_taxi["type"] + as_taxi["colour"] < 1
    assert as_car["type"] + as_car["colour"] > as_taxi["type"] + as_taxi["colour"] + 2


def test_an_exact_reading_outweighs_every_misreading():
    exact = plate_bits("BKD5826", "BKD5826", 0.03)
    for seen in ("BKO5B26", "BKD5828", "BKD582", "8KD5826", "BKDS826"):
        assert exact > plate_bits(seen, "BKD5826", 0.03)


def test_a_reading_no_plate_can_have_weighs_more_than_a_neighbours_plate():
    """BK0-5826 must be a misread; BKD-5828 is most likely a car of its own."""
    assert plate_bits("BK05826", "BKD5826", 0.03) > plate_bits(
        "BKD5828", "BKD5826", 0.03
    )


def test_plate_bits_are_the_plate_against_every_other_plate(monkeypatch):
    """Against adding up all 2,600 plates of a small form, the wanted one left out."""
    form = PlateForm("small", "", "LDD", (), in_use=1000.0, share=1.0)
    monkeypatch.setattr("matching.misreads.FORMS", (form,))
    monkeypatch.setattr("matching.plates.FORMS", (form,))
    misreads = Misreads(0.05)
    every = ("".join(one) for one in itertools.product(LETTERS, DIGITS, DIGITS))
    others = sum(
        form.frequency * misreads.reading("A12", one) for one in every if one != "A12"
    )
    expected = log2(misreads.reading("A12", "A12") / others)
    assert plate_bits("A12", "A12", 0.05) == pytest.approx(expected, abs=0.3)


@given(st.floats(0.005, 0.2), st.sampled_from("BCEGHKNP"), st.integers(0, 8999))
def test_a_plate_weighs_itself_above_nothing(error, letter, number):
    plate = f"A{letter}K{1000 + number:04d}"
    assert plate_bits(plate, plate, error) > 10


def test_an_exact_plate_on_the_wrong_vehicle_is_shown_but_asks_for_nothing():
    scooter = replace(READ, plate="BKD5826", vehicle_type="scooter", colour="black")
    weighing = weigh_read(scooter, ENTRY, MODEL, distance_m=34_400.0)
    assert weighing.level is LeadLevel.ADVICE


def test_an_expired_entry_never_asks_for_action():
    exact = replace(READ, plate="BKD5826")
    old = replace(ENTRY, expires_at=AT - timedelta(seconds=1))
    assert weigh_read(exact, ENTRY, MODEL, distance_m=1.0).level is LeadLevel.ACTION
    assert weigh_read(exact, old, MODEL, distance_m=1.0).level is LeadLevel.ADVICE


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("suv", "suv", "same"),
        ("suv", "sedan", "near"),
        ("suv", "bus", "other"),
        ("suv", "scooter", "wheels"),
        ("suv", None, None),
        (None, "suv", None),
    ],
)
def test_types_compare_as_witnesses_would(left, right, level):
    assert evidence.compare_type(left, right) == level
    assert evidence.compare_type(right, left) == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("white", "white", "same"),
        ("white", "silver", "night"),
        ("black", "blue", "night"),
        ("white", "red", "other"),
        ("white", None, None),
    ],
)
def test_colours_compare_as_at_night(left, right, level):
    assert evidence.compare_colour(left, right) == level
    assert evidence.compare_colour(right, left) == level


@pytest.mark.parametrize(
    ("km", "hours", "level"),
    [
        (34.4, 1, "fresh"),
        (300.0, 1, "too-far"),
        (300.0, 30, "days"),
        (300.0, 24 * 8, "later"),
        (None, 1, None),
        (10.0, -1, None),
    ],
)
def test_journeys_compare_by_time_and_distance(km, hours, level):
    far = None if km is None else km * 1000
    found = evidence.compare_journey(far, AT, AT + timedelta(hours=hours))
    assert found == level


def test_every_kind_of_evidence_says_what_it_is():
    for name in (
        "compare_type",
        "compare_colour",
        "compare_journey",
        "compare_history",
    ):
        assert "比對" in (getattr(evidence, name).__doc__ or "")


def test_a_model_whose_levels_do_not_add_up_is_refused(tmp_path):
    path = tmp_path / "model.json"
    text = (HERE / "plate_read.json").read_text(encoding="utf-8")
    path.write_text(text.replace('"m": 0.87', '"m": 0.97'), encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"type: the m .* 1\.100"):
        read_model(path)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"id": "x"}'])
def test_a_file_that_is_no_model_is_refused(tmp_path, text):
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"model\.json"):
        read_model(path)
