"""Made-up thefts, some reported twice, and vehicles found again, with the truth.

Nobody's car is in them. How two officers tell of one theft, and what is left of a
stolen car when it is found, is drawn as the constants here say: assumptions, not
figures of any police.
"""

import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from matching.whereabouts import FOUND, MISSING, UNKNOWN, Whereabouts

Floats = NDArray[np.float64]
Row = dict[str, str]

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SPAN_DAYS = 120

TWICE = 0.05
"""Share of thefts that two counties have on file."""

RECOVERED = 0.5
"""Share of the stolen vehicles that are found."""

BARE, IN_PART, FALSE = 0.5, 0.2, 0.15
"""Plates of found vehicles: none, known in part, of another car; the rest are true."""

SLIP = 0.02
"""Share of reports with another model, with a wrong day, with a wrong place."""

NEAR_M = 3000.0
"""Half of the vehicles are found within 1.4 times this; shares fall as 1 / r²."""

MODELS = (
    ("scooter", "sym", "jet s", 9), ("scooter", "sym", "fiddle", 8),
    ("scooter", "kymco", "gp", 9), ("scooter", "kymco", "many", 8),
    ("scooter", "yamaha", "cygnus", 9), ("scooter", "yamaha", "bws", 5),
    ("scooter", "gogoro", "viva", 4), ("heavy-motorcycle", "kawasaki", "ninja", 1),
    ("sedan", "toyota", "altis", 7), ("sedan", "toyota", "vios", 3),
    ("sedan", "nissan", "sentra", 3), ("sedan", "honda", "city", 2),
    ("sedan", "bmw", "320i", 2), ("sedan", "mercedes-benz", "c300", 2),
    ("suv", "toyota", "corolla cross", 5), ("suv", "toyota", "rav4", 4),
    ("suv", "honda", "cr-v", 4), ("suv", "nissan", "kicks", 3),
    ("suv", "ford", "kuga", 2),
    ("van", "volkswagen", "t5", 2), ("van", "toyota", "hiace", 2),
    ("van", "mitsubishi", "delica", 3), ("truck", "mitsubishi", "canter", 2),
    ("truck", "hino", "dutro", 1),
)  # fmt: skip
"""Type, make, model, and how many of some hundred thefts."""

COLOURS = {
    "white": 28, "black": 20, "silver": 12, "grey": 14, "red": 8, "blue": 8, "green": 4,
    "yellow": 2, "brown": 2, "gold": 1, "orange": 1,
}  # fmt: skip
MARKS = tuple(
    line.split("|")
    for line in """
後擋風玻璃貼家族貼紙|車尾有家庭貼紙
左前保險桿凹陷|左前方保桿撞凹
右後視鏡破裂|右邊後照鏡破
車頂有行李架|加裝車頂架
加裝行車紀錄器雙鏡頭|有前後行車紀錄器
後座有兒童安全座椅|後座裝安全座椅
引擎蓋烤漆剝落|引擎蓋掉漆
改裝排氣管|換過排氣管，聲音大
貼黑色隔熱紙|隔熱紙很黑
車身有廣告貼紙|車側貼公司廣告
坐墊破損用膠帶貼|椅墊破，貼膠帶
前置物籃|車前有菜籃
貼反光條|車尾貼反光貼紙
鑰匙未拔|鑰匙插在車上
停於騎樓|停在騎樓下
停放路邊停車格|停路邊格位
停放工廠門口|工廠外面停車
""".strip().splitlines()
)


@dataclass(frozen=True, slots=True)
class Made:
    """Reports of thefts and of found vehicles, each a row of columns.

    ``incident`` names the theft of each row of ``thefts``, ``of`` that of each row of
    ``found``, None for a vehicle whose theft nobody reported.
    """

    thefts: Sequence[Row]
    incident: Sequence[str]
    found: Sequence[Row]
    of: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class _Truth:
    name: str
    look: Mapping[str, str]
    marks: Sequence[int]
    place: tuple[float, float]
    at: datetime


def made_thefts(n: int, *, lng: Floats, lat: Floats, seed: int = 0) -> Made:
    """Invent thefts of vehicles, those found again, and strangers found besides.

    Parameters
    ----------
    lng, lat
        Where vehicles are stolen, WGS 84 degrees, shape (p,), each place as likely.
    """
    rng = random.Random(seed)
    places = np.stack((lng, lat), axis=1)
    thefts = [_theft(f"theft-{k}", places, rng) for k in range(n)]
    twice = rng.sample(thefts, round(TWICE * n))
    told = [(_reported(one, rng), one.name) for one in (*thefts, *twice)]
    back = rng.sample(thefts, round(RECOVERED * n))
    strangers = [_theft("", places, rng) for _ in range(round(RECOVERED * n / 2))]
    here = [(_recovered(one, rng), one.name or None) for one in (*back, *strangers)]
    rng.shuffle(told)
    return Made(
        [row for row, _ in told], [name for _, name in told],
        [row for row, _ in here], [name for _, name in here],
    )  # fmt: skip


def _theft(name: str, places: Floats, rng: random.Random) -> _Truth:
    kind, make, model, _ = rng.choices(MODELS, [one[-1] for one in MODELS])[0]
    colour = rng.choices(tuple(COLOURS), tuple(COLOURS.values()))[0]
    lng, lat = places[rng.randrange(len(places))].tolist()
    return _Truth(
        name,
        {
            "type": kind, "make": make, "model": model, "colour": colour,
            "plate": _plate(kind, rng),
        },
        rng.sample(range(len(MARKS)), rng.choice((0, 1, 1, 2))),
        (lng + rng.gauss(0, 0.004), lat + rng.gauss(0, 0.004)),
        BEGIN + timedelta(minutes=rng.randrange(SPAN_DAYS * 24 * 60)),
    )  # fmt: skip


def _plate(kind: str, rng: random.Random) -> str:
    letters = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
    digits = "".join(rng.choices(string.digits.replace("4", ""), k=4))
    return (
        digits[:3] + letters
        if kind == "scooter" and rng.random() < 0.3
        else (letters + digits)
    )


def _reported(one: _Truth, rng: random.Random) -> Row:
    """Tell of a theft as one county does: the plate is known, the moment is not."""
    told = {
        key: value
        for key, value in one.look.items()
        if rng.random() < {"plate": 0.98, "type": 0.9, "colour": 0.9}.get(key, 0.75)
    }
    if rng.random() < 0.02 and "plate" in told:
        told["plate"] = _mistyped(told["plate"], rng)
    if rng.random() < 0.06 and "colour" in told:
        told["colour"] = rng.choice(tuple(COLOURS))
    _mistake_model(told, rng)
    hours = rng.choice((0.5, 2, 8, 14))
    since = one.at - timedelta(hours=hours * rng.random())
    if rng.random() < SLIP:
        since += timedelta(days=rng.choice((-7, -1, 1, 7, 30)))
    error_m = rng.choice((20, 50, 150, 400))
    off_m = rng.choice((2_000, 8_000, 30_000)) if rng.random() < SLIP else error_m
    place = _moved(*one.place, rng.gauss(0, off_m), rng)
    where = Whereabouts(
        MISSING, *place, error_m, since, since + timedelta(hours=hours), UNKNOWN
    )
    return _row("vehicle", told, _marks(one.marks, rng), where)


def _recovered(one: _Truth, rng: random.Random) -> Row:
    """Tell of a vehicle that stands somewhere, mostly without its plate."""
    seen = {"type": 0.95, "colour": 0.95, "make": 0.8, "model": 0.8, "plate": 0.0}
    told = {key: value for key, value in one.look.items() if rng.random() < seen[key]}
    if rng.random() < 0.08 and "colour" in told:
        told["colour"] = rng.choice(tuple(COLOURS))
    _mistake_model(told, rng)
    drawn, plate = rng.random(), one.look["plate"]
    if drawn >= BARE + IN_PART + FALSE:
        told["plate"] = plate
    elif drawn >= BARE + IN_PART:
        told["plate"] = _plate(one.look["type"], rng)
    elif drawn >= BARE:
        hidden = rng.sample(range(len(plate)), rng.choice((2, 3)))
        told["plate"] = "".join("?" if k in hidden else c for k, c in enumerate(plate))
    metres = NEAR_M / max(rng.random(), 1e-3) ** 0.5 - NEAR_M * 0.7
    gone = timedelta(hours=rng.expovariate(1 / rng.choice((24, 24 * 14))) + 0.5)
    at = one.at + gone
    if rng.random() < SLIP:
        at -= timedelta(days=30)
    where = Whereabouts(FOUND, *_moved(*one.place, metres, rng), 30, at, at, UNKNOWN)
    return _row("vehicle", told, _marks(one.marks, rng), where)


def _mistake_model(told: Row, rng: random.Random) -> None:
    """Take a vehicle for another one, now and then."""
    if rng.random() < SLIP:
        kind, make, model, _ = rng.choice(MODELS)
        other = {"type": kind, "make": make, "model": model}
        told |= {key: value for key, value in other.items() if key in told}


def _row(
    what: str, look: Mapping[str, str], marks: str | None, where: Whereabouts
) -> Row:
    row = {"what": what, "whereabouts": str(where), **look}
    return row | {"description": marks} if marks else row


def _mistyped(plate: str, rng: random.Random) -> str:
    at = rng.randrange(len(plate))
    options = string.digits if plate[at].isdigit() else string.ascii_uppercase
    return plate[:at] + rng.choice(options) + plate[at + 1 :]


def _marks(marks: Sequence[int], rng: random.Random) -> str | None:
    known = [one for one in marks if rng.random() < 0.6]
    known += rng.sample(range(len(MARKS)), rng.choice((0, 0, 1)))
    return "，".join(rng.choice(MARKS[one]) for one in known) or None


def _moved(
    lng: float, lat: float, metres: float, rng: random.Random
) -> tuple[float, float]:
    turn, degrees = rng.random() * 2 * pi, metres / 111_000
    east = degrees * cos(turn) / cos(radians(lat))
    return lng + east, lat + degrees * sin(turn)
