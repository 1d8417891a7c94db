"""How the scenario's cameras misread: a stated model, the same for every vehicle.

Each character of a plate is wrong with a probability that depends on the camera, on
daylight, on how hard this one reading was and on the character's place. A wrong
character is replaced (88 %), dropped (8 %) or has another one added behind it (4 %).
The matcher has a model of its own; this one is not tuned to it.
"""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.scenario.cameras import Quality, Writing

Floats = NDArray[np.float64]

NIGHT_ERROR = {Quality.GOOD: 0.01, Quality.FAIR: 0.03, Quality.POOR: 0.08}
"""Mean probability that one character in the middle is misread, by night.

Source: assumed. Over all cameras about one night reading in eight is wrong somewhere,
between the 10 % that 桃園 states for its own units and the 10-20 % of US audits.
"""

DAY_FACTOR = 0.6
"""By day, from 06:00 local time, characters are misread this much less often."""

EDGE_FACTOR = 1.5
"""The first and the last character are misread this much more often."""

DIFFICULTY_SIGMA = 0.6
"""Spread (log-normal, mean 1) of the error between readings of one camera."""

LARGEST_ERROR = 0.4
DROPPED, ADDED = 0.08, 0.04
ANYTHING = 0.1
"""Share of the replacements that may be any character at all."""

SHORTEST, LONGEST = 4, 8
"""A camera sends no reading with fewer or more characters than this."""

PAIRS = """
0O6 0D4 0Q3 OD4 OQ5 DQ3 B86 R82 BR2 BE1 5S6 561 S81 3B1 832 6G5 681 691 CG5 C01
1I5 174 1T2 1L3 IT3 IL3 TL1 T72 J12 JU1 2Z6 Z71 NM4 HN3 HM2 NW1 VY4 VU3 YU1 WV3 WM1
4A4 AR1 EF4 FP3 PR3 KX3 KH2 KR1 XY2 9P1 981
"""


def _confusions() -> dict[str, dict[str, int]]:
    confused: dict[str, dict[str, int]] = {}
    for pair in PAIRS.split():
        one, other, weight = pair[0], pair[1], int(pair[2])
        confused.setdefault(one, {})[other] = weight
        confused.setdefault(other, {})[one] = weight
    return confused


CONFUSED = _confusions()
"""What each character is mistaken for, with weights; symmetric.

Source: assumed, from the look-alike pairs that tests of plate readers name most.
"""

CHARACTERS = "".join(sorted(CONFUSED))


def reading_errors(night: Floats, *, rng: np.random.Generator) -> Floats:
    """Draw the probability per middle character of each reading.

    Parameters
    ----------
    night
        Mean error of each reading's camera and hour, shape (n,).
    """
    sigma = DIFFICULTY_SIGMA
    hard = rng.lognormal(-sigma * sigma / 2, sigma, night.shape)
    return np.minimum(night * hard, LARGEST_ERROR)


def right_probability(error: Floats, length: NDArray[np.intp]) -> Floats:
    """Give the probability that a plate of this many characters is read right."""
    right: Floats = (1 - error) ** (length - 2) * (1 - EDGE_FACTOR * error) ** 2
    return right


def misread_all(
    plates: Sequence[str], error: Floats, *, rng: np.random.Generator
) -> list[str]:
    """Read each plate as a camera would.

    Parameters
    ----------
    plates
        As on the vehicle: capitals, digits and dashes; dashes are never misread.
    error
        From `reading_errors`, shape (n,).

    Returns
    -------
    list of str
        With the dash where the camera saw it.
    """
    luck = rng.random((len(plates), LONGEST))
    is_unlucky = (luck < EDGE_FACTOR * error[:, None]).any(axis=1)
    chance = random.Random(int(rng.integers(2**63)))
    readings = list(plates)
    for row in np.flatnonzero(is_unlucky).tolist():
        readings[row] = _misread(
            plates[row], luck[row].tolist(), float(error[row]), chance
        )
    return readings


def _misread(plate: str, luck: list[float], error: float, rng: random.Random) -> str:
    places = [k for k, character in enumerate(plate) if character != "-"]
    pieces = list(plate)
    for k, place in enumerate(places):
        is_edge = place in (places[0], places[-1])
        if luck[k] < error * (EDGE_FACTOR if is_edge else 1.0):
            pieces[place] = _wrong(plate[place], rng)
    reading = "".join(pieces)
    is_sendable = SHORTEST <= len(reading.replace("-", "")) <= LONGEST
    return reading if is_sendable else plate


def _wrong(character: str, rng: random.Random) -> str:
    kind = rng.random()
    if kind < DROPPED:
        return ""
    if kind < DROPPED + ADDED:
        return character + rng.choice(CHARACTERS)
    if rng.random() < ANYTHING:
        return rng.choice(CHARACTERS.replace(character, ""))
    alike = CONFUSED[character]
    return rng.choices(list(alike), list(alike.values()))[0]


def written_as(reading: str, writing: Writing) -> str:
    """Write a reading as this camera does: dashes, case, width."""
    if writing is Writing.PLAIN:
        return reading.replace("-", "")
    if writing is Writing.LOWER:
        return reading.lower()
    if writing is Writing.WIDE:
        return "".join(chr(ord(character) + 0xFEE0) for character in reading)
    return reading
