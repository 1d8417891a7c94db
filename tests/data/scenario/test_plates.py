import random
import re

import pytest

from data.scenario.plates import BY_NAME, GENERATIONS, PlatePress
from data.scenario.vehicles import TYPES, build_vehicle

PATTERNS = {
    "car-2012": r"[ABC][A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "car-2+4": r"[A-Z]{2}-\d{4}",
    "car-4+2": r"\d{4}-[A-Z]{2}",
    "car-1A": r"\d[A-Z]-\d{4}",
    "rental": r"R[A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "electric": r"E[A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "heavy-2012": r"K[A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "heavy-old": r"\d{3}-[A-Z]{2}",
    "trailer": r"H[A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "taxi-2012": r"T[A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "taxi-old": r"\d{3}-[A-Z]\d",
    "bike-2012": r"[MN][A-HJ-NP-Z]{2}-[0-35-9]{4}",
    "bike-3+3": r"[A-Z]{3}-\d{3}",
    "bike-3-3": r"\d{3}-[A-Z]{3}",
    "bike-AB1": r"[A-Z]{2}\d-\d{3}",
    "large-bike": r"LA[A-HJ-NP-Z]-[0-35-9]{4}",
    "diplomatic": r"\d{4}",
    "military": r"[A-Z]\d{5}",
    "temporary": r"[A-Z]\d{4}",
}


@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda g: g.name)
def test_invented_plates_have_the_shape_of_their_generation(generation):
    rng = random.Random(3)
    for _ in range(200):
        plate = generation.draw(rng)
        assert re.fullmatch(PATTERNS[generation.name], plate)
        assert generation.fits(plate)


def test_every_plate_of_the_night_has_the_shape_of_a_generation(night):
    plates = set(night.true_plates.values())
    plates |= {r.vehicle.plate for r in night.reports if r.vehicle is not None}
    shapes = re.compile("|".join(PATTERNS.values()))
    assert [plate for plate in plates if not shapes.fullmatch(plate)] == []


def test_most_generations_pass_in_the_night(night):
    plates = set(night.true_plates.values())
    seen = {g.name for g in GENERATIONS if any(g.fits(plate) for plate in plates)}
    assert len(seen) >= len(GENERATIONS) - 2


def test_a_vehicle_carries_a_plate_made_for_its_type():
    press = PlatePress(random.Random(1))
    for _ in range(500):
        vehicle = build_vehicle(press, random.Random(f"{_}"))
        generation = BY_NAME[press.generation_of(vehicle.plate)]
        assert generation.shares[vehicle.type] > 0


@pytest.mark.parametrize("vehicle_type", TYPES)
def test_shares_of_the_generations_add_up_to_a_thousand(vehicle_type):
    total = sum(g.shares.get(vehicle_type, 0) for g in GENERATIONS)
    assert total == pytest.approx(1000, abs=1)


def test_a_plate_is_given_only_once():
    press = PlatePress(random.Random(1))
    press.reserve("BKD-5826", "car-2012")
    with pytest.raises(ValueError, match="BKD-5826"):
        press.reserve("BKD-5826", "car-2012")
