"""Vehicles whose plate is one look-alike away from a wanted one."""

import random
from collections.abc import Sequence
from dataclasses import replace

from data.records import Vehicle
from data.scenario.misreads import CONFUSED
from data.scenario.plates import BY_NAME, PlatePress
from data.scenario.vehicles import build_vehicle

SAME_LOOK = 0.5
"""Share of the near misses that are also of the same type and colour."""


def near_misses(
    wanted: Sequence[Vehicle], n: int, press: PlatePress, rng: random.Random
) -> list[tuple[Vehicle, Vehicle]]:
    """Invent ``n`` vehicles, each with the wanted one that its plate resembles.

    Fewer when the wanted plates have no more neighbours that could exist.
    """
    pairs: list[tuple[Vehicle, Vehicle]] = []
    for turn in range(10 * n):
        if len(pairs) == n:
            break
        target = wanted[turn % len(wanted)]
        plate = _near(target.plate or "", press, rng)
        if plate is not None:
            pairs.append((_vehicle(target, plate, press, rng), target))
    return pairs


def _near(plate: str, press: PlatePress, rng: random.Random) -> str | None:
    """Change one character into a look-alike, so that the plate could still exist."""
    generation = BY_NAME[press.generation_of(plate)]
    near = [
        f"{plate[:k]}{other}{plate[k + 1 :]}"
        for k, character in enumerate(plate)
        for other in CONFUSED.get(character, ())
    ]
    free = [p for p in near if generation.fits(p) and not press.is_taken(p)]
    return press.reserve(rng.choice(free), generation.name) if free else None


def _vehicle(
    target: Vehicle, plate: str, press: PlatePress, rng: random.Random
) -> Vehicle:
    if rng.random() < SAME_LOOK:
        return replace(target, plate=plate)
    return replace(build_vehicle(press, rng, {target.type or "sedan": 1}), plate=plate)
