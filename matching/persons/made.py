"""Made-up reports of missing and found persons, with the truth, to train and test on.

Nobody in them lives: names are drawn from shares of surnames and given names, places
from those that are given. How two people tell of one person (who mishears a name, how
far somebody went, what he wears days later) is drawn as the constants here say: they
are assumptions, not figures of any police.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import cos, exp, pi, radians, sin

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.reach.laws import quantiles_m
from matching.persons import phrases
from matching.persons.ages import born_of
from matching.persons.misnaming import (
    NameGroup,
    drawn_group,
    drawn_name,
    misnamed,
    romanised,
)
from matching.whereabouts import (
    DEMENTIA,
    DEMENTIA_FROM_AGE,
    FOUND,
    MISSING,
    UNKNOWN,
    Whereabouts,
    ways,
)

Floats = NDArray[np.float64]
Columns = dict[str, list[str | None]]

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SPAN_DAYS = 120
"""Four months, as long as the trial of the eight northern bureaus."""

MATCHED = 0.6
"""Share of the found who were reported missing."""

NAMED, TRUE_NAME = 0.5, 0.35
"""Who was found says a name, and it is written as the family writes it."""

AGES = ((10, 17, 0.35), (18, 64, 0.40), (65, 95, 0.25))
"""First and last age, and the share: runaways are many, the old are found late."""

CHANGE_DAYS = 10.0
"""After so many days a share of 1 / e still wears what they went in."""

WRONG_SEX = 0.001
"""Share of reports with the box of the other sex ticked."""

BESIDES = (0, 0, 1, 1, 2)
"""How much else each side tells that the other one does not know."""

LONG = 0.1
"""Share of the found of whom nobody knew for months."""

ASTRAY = 0.03
"""Share of the found who are anywhere: taken along, or gone to an old home."""

MISDATED = 0.01
"""Share of reports with a date a month off."""

STEPS = 200
NEAR_DEGREES = 0.03
"""Where nobody lives within some three kilometres nobody is found."""


@dataclass(frozen=True, slots=True)
class Made:
    """Tables of columns, each with ``id``, and which rows of them are one person.

    ``name_group`` is what kind of name the person has, whatever is known of it.
    ``pairs`` has shape (k, 2): a row of the missing and one of the found.
    """

    missing: Columns
    found: Columns
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Truth:
    name: str
    name_group: NameGroup
    sex: str
    birth_date: date
    height: float
    build: str
    clothing: Mapping[str, tuple[str, str]]
    marks: Sequence[int]
    lng: float
    lat: float
    at: datetime
    profile: str


def made_persons(
    n_missing: int,
    n_found: int,
    *,
    lng: Floats,
    lat: Floats,
    seed: int = 0,
    is_even: bool = False,
) -> Made:
    """Invent reports of missing and of found persons.

    Parameters
    ----------
    lng, lat
        Places where people live, WGS 84 degrees, shape (p,), each as likely: villages.
    seed
        The same seed gives the same reports.
    is_even
        Each group of names is as large as another, to compare them.
    """
    rng = random.Random(seed)
    places = np.stack((lng, lat), axis=1)
    tree = cKDTree(places)
    people = [_person(places, rng, is_even=is_even) for _ in range(n_missing)]
    n_matched = min(round(MATCHED * n_found), n_missing)
    order = rng.sample(range(n_missing), n_matched)
    n_strangers = n_found - n_matched
    strangers = [_person(places, rng, is_even=is_even) for _ in range(n_strangers)]
    missing = [_as_missing(one, rng) for one in people]
    found = [_as_found(people[row], tree, rng) for row in order]
    found += [_as_found(one, tree, rng) for one in strangers]
    pairs = np.array([[row, k] for k, row in enumerate(order)], dtype=np.int64)
    return Made(
        _columns(missing, "missing"), _columns(found, "found"), pairs.reshape(-1, 2)
    )


def _columns(rows: Sequence[Mapping[str, str]], kind: str) -> Columns:
    names = sorted({name for row in rows for name in row})
    ids: list[str | None] = [f"{kind}-{number}" for number in range(len(rows))]
    return {"id": ids} | {name: [row.get(name) for row in rows] for name in names}


def _person(places: Floats, rng: random.Random, *, is_even: bool) -> _Truth:
    low, high, _ = rng.choices(AGES, [share for *_, share in AGES])[0]
    age, sex = rng.randint(low, high), rng.choice(("male", "female"))
    lng, lat = places[rng.randrange(len(places))].tolist()
    at = BEGIN + timedelta(minutes=rng.randrange(SPAN_DAYS * 24 * 60))
    # women are some 12 cm smaller, who is old or a child smaller still
    height = rng.gauss(171 if sex == "male" else 159, 6) - 0.15 * max(age - 50, 0)
    if age < 16:
        height -= 6 * (16 - age)
    group = drawn_group(rng, is_even=is_even)
    return _Truth(
        name=drawn_name(group, sex, rng),
        name_group=group,
        sex=sex,
        birth_date=at.date() - timedelta(days=age * 365 + rng.randrange(365)),
        height=height,
        build=rng.choices(("thin", "medium", "heavy"), (30, 50, 20))[0],
        clothing=_dressed(rng),
        marks=rng.sample(range(len(phrases.MARKS)), rng.choice((0, 1, 1, 2, 3))),
        lng=lng + rng.gauss(0, 0.004),
        lat=lat + rng.gauss(0, 0.004),
        at=at,
        profile=DEMENTIA if age >= DEMENTIA_FROM_AGE else UNKNOWN,
    )


def _dressed(rng: random.Random) -> dict[str, tuple[str, str]]:
    kinds = {"upper": phrases.UPPER, "lower": phrases.LOWER, "feet": phrases.FEET}
    return {
        part: (
            rng.choices(phrases.COLOURS, phrases.COLOUR_SHARES)[0],
            rng.choice(garments),
        )
        for part, garments in kinds.items()
    }


def _as_missing(one: _Truth, rng: random.Random) -> dict[str, str]:
    """Tell of a person as the family does: name and birth are known, places roughly."""
    until = one.at + timedelta(hours=rng.choice((0, 1, 2, 4, 8)))
    error_m = rng.choice((100, 300, 500, 1000))
    told = {
        "name": one.name if rng.random() < 0.97 else None,
        "name_group": one.name_group.value,
        "sex": one.sex,
        "born": one.birth_date.isoformat() if rng.random() < 0.95 else None,
        "height": f"{one.height + rng.gauss(0, 2):.0f}" if rng.random() < 0.8 else None,
        "build": one.build if rng.random() < 0.6 else None,
        "clothing": _clothing(one.clothing, rng, told=0.75)
        if rng.random() < 0.8
        else None,
        "description": _description(one.marks, rng, told=0.7),
        "whereabouts": str(
            Whereabouts(
                MISSING, one.lng + rng.gauss(0, error_m / 111_000),
                one.lat + rng.gauss(0, error_m / 111_000), error_m, one.at, until,
                one.profile,
            )
        ),
    }  # fmt: skip
    return {column: text for column, text in told.items() if text}


def _as_found(one: _Truth, tree: cKDTree, rng: random.Random) -> dict[str, str]:
    """Tell of a person as who finds him does: seen, guessed at, half understood."""
    mean_h = 1500 if rng.random() < LONG else rng.choice((8, 120))
    gone = timedelta(hours=max(rng.expovariate(1 / mean_h), 0.2))
    lng, lat = _gone(one, tree, gone / timedelta(minutes=1), rng)
    at = one.at + gone
    if rng.random() < MISDATED:
        at += timedelta(days=rng.choice((-30, 30)))
    told = {
        "name": _said_name(one, rng),
        "name_group": one.name_group.value,
        "sex": one.sex if rng.random() >= WRONG_SEX else _other(one.sex),
        "born": _guessed(one, at, rng),
        "height": f"{one.height + rng.gauss(0, 4):.0f}" if rng.random() < 0.6 else None,
        "build": _seen_build(one.build, rng),
        "clothing": _worn(one, at, rng),
        "description": _description(one.marks, rng, told=0.6),
        "whereabouts": str(Whereabouts(FOUND, lng, lat, 50, at, at, UNKNOWN)),
    }
    return {column: text for column, text in told.items() if text}


def _other(sex: str) -> str:
    return "female" if sex == "male" else "male"


def _said_name(one: _Truth, rng: random.Random) -> str | None:
    if rng.random() >= NAMED:
        return None
    is_true = rng.random() < TRUE_NAME
    name = one.name if is_true else misnamed(one.name, one.sex, rng)
    if one.name_group is NameGroup.ROMANISED and not name.isascii():
        return romanised(name.replace("?", ""), rng) or name
    return name


def _guessed(one: _Truth, at: datetime, rng: random.Random) -> str | None:
    """Give a day of birth from papers or from memory, else an age within ten years."""
    drawn = rng.random()
    if drawn < 0.15:
        return one.birth_date.isoformat()
    if drawn < 0.20:  # a digit wrong
        day = one.birth_date
        return f"{day.year + rng.choice((-10, -1, 1, 10))}-{day.month:02}-{day.day:02}"
    if drawn < 0.90:
        age = (at.date() - one.birth_date).days / 365.25 + rng.gauss(0, 4)
        low = max(0, round((age - 5) / 5) * 5)
        return born_of(None, low, low + rng.choice((5, 10)), on=at.date())
    return None


def _seen_build(build: str, rng: random.Random) -> str | None:
    if rng.random() < 0.4:
        return None
    if rng.random() < 0.75:
        return build
    return rng.choice(("thin", "heavy")) if build == "medium" else "medium"


def _worn(one: _Truth, at: datetime, rng: random.Random) -> str | None:
    if rng.random() < 0.2:
        return None
    days = (at - one.at) / timedelta(days=1)
    new = _dressed(rng)
    now = {
        part: item if rng.random() < 0.95 * exp(-days / CHANGE_DAYS) else new[part]
        for part, item in one.clothing.items()
    }
    return _clothing(now, rng, told=0.8)


def _clothing(
    worn: Mapping[str, tuple[str, str]], rng: random.Random, *, told: float
) -> str | None:
    parts = []
    for colour, garment in worn.values():
        if rng.random() < told:
            seen = _seen_colour(colour, rng)
            parts.append(garment if garment == "赤腳" else seen + garment)
    return "、".join(parts) or None


def _seen_colour(colour: str, rng: random.Random) -> str:
    """Give a colour as somebody remembers it: one in eight another, or none."""
    drawn = rng.random()
    if drawn < 0.06:
        return ""
    return rng.choice(phrases.COLOURS) if drawn < 0.12 else colour


def _description(
    marks: Sequence[int], rng: random.Random, *, told: float
) -> str | None:
    known = [one for one in marks if rng.random() < told]
    known += rng.sample(range(len(phrases.MARKS)), rng.choice(BESIDES))
    parts = [rng.choice(phrases.MARKS[one]) for one in known]
    if parts and rng.random() < 0.7:
        parts.insert(0, rng.choice(phrases.FRAMES))
    return "，".join(parts) or None


def _gone(
    one: _Truth, tree: cKDTree, minutes: float, rng: random.Random
) -> tuple[float, float]:
    """Draw where somebody is after a time, as the laws of `geo.reach` say."""
    lng, lat = one.lng, one.lat
    if rng.random() < ASTRAY:
        lng, lat = tree.data[rng.randrange(len(tree.data))].tolist()
        return float(lng), float(lat)
    for _ in range(30):
        weights, laws = zip(*ways(one.profile, minutes), strict=True)
        law = rng.choices(laws, weights)[0]
        metres = quantiles_m(law, STEPS)[rng.randrange(STEPS)]
        turn, degrees = rng.random() * 2 * pi, float(metres) / 111_000
        lng = one.lng + degrees * cos(turn) / cos(radians(one.lat))
        lat = one.lat + degrees * sin(turn)
        if tree.query((lng, lat))[0] < NEAR_DEGREES:
            break
    return lng, lat
