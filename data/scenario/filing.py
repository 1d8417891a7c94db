"""Reports as agencies file them: numbers, times, and the persons who never existed."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone

from faker import Faker

from data.records import Person, Report, ReportKind, Spot, content_id
from data.scenario.cameras import SOURCE
from data.scenario.nouns import NIGHT_FROM, Size
from data.scenario.places import scatter
from data.scenario.waypoints import TOWNS
from geo.boundaries import Boundaries

TAIPEI = timezone(timedelta(hours=8))
FIRST_SERIAL = 11
"""Lower serial numbers of a day are left to the script."""

CLOTHING = (
    "紅色外套",
    "深藍色夾克",
    "灰色毛衣",
    "白色上衣、黑色長褲",
    "格子襯衫",
    "綠色背心",
)


@dataclass(frozen=True, slots=True)
class CaseNumbers:
    """Hands out case numbers such as ``10005-1150302-0011``; the year is the ROC's."""

    _last: Counter[tuple[str, date]] = field(default_factory=Counter)

    def next(self, agency_id: str, at: datetime) -> str:
        """Give the next number of an agency on the local day of ``at``."""
        day = at.astimezone(TAIPEI).date()
        serial = self._last[agency_id, day] + FIRST_SERIAL
        self._last[agency_id, day] += 1
        return f"{agency_id}-{day.year - 1911}{day:%m%d}-{serial:04d}"


@dataclass(frozen=True, slots=True)
class Times:
    """When it happened, and when it was reported."""

    event_from: datetime
    event_to: datetime
    reported_at: datetime


def file_report(
    kind: ReportKind, category: str, case_number: str, *, times: Times, spot: Spot
) -> Report:
    """Write a report without its vehicle or person; its agency is in the number."""
    agency_id = case_number.split("-")[0]
    return Report(
        id=content_id("report", agency_id, case_number),
        kind=kind,
        agency_id=agency_id,
        case_number=case_number,
        reported_at=times.reported_at.astimezone(UTC),
        event_from=times.event_from.astimezone(UTC),
        event_to=times.event_to.astimezone(UTC),
        spot=spot,
        category=category,
        synthetic=True,
        provenance=SOURCE,
    )


def person_reports(
    size: Size,
    numbers: CaseNumbers,
    *,
    boundaries: Boundaries,
    seed: int,
    rng: random.Random,
) -> list[Report]:
    """File missing and found persons; some share a name and are not the same."""
    faker = Faker("zh_TW")
    faker.seed_instance(seed)
    n = size.missing + size.found
    towns = rng.choices(TOWNS, [town.weight for town in TOWNS], k=n)
    spots = scatter(towns, boundaries=boundaries, rng=rng)
    persons = [_person(faker, rng) for _ in range(n)]
    reports = []
    for number, (person, spot) in enumerate(
        zip(_with_namesakes(persons, size.missing), spots, strict=True)
    ):
        is_missing = number < size.missing
        times = _person_times(rng)
        report = file_report(
            ReportKind.MISSING_PERSON if is_missing else ReportKind.FOUND_PERSON,
            "missing" if is_missing else "found",
            numbers.next(spot.county_code or "", times.reported_at),
            times=times,
            spot=spot,
        )
        told = person if is_missing else _as_found(person)
        reports.append(replace(report, person=told))
    return reports


def _person(faker: Faker, rng: random.Random) -> Person:
    sex = rng.choice(("female", "male"))
    born = date(2026, 3, 1) - timedelta(days=rng.randint(12 * 365, 88 * 365))
    name = faker.name_female() if sex == "female" else faker.name_male()
    return Person(name=name, sex=sex, birth_date=born, clothing=rng.choice(CLOTHING))


def _with_namesakes(persons: Sequence[Person], missing: int) -> list[Person]:
    """Give two pairs one name each: two missing persons, and a missing and a found."""
    named = list(persons)
    pairs = ((0, 1), (2, missing))
    for one, other in pairs:
        if one < min(other, missing) and other < len(named):
            named[other] = _namesake(named[one], named[other])
    return named


def _namesake(one: Person, other: Person) -> Person:
    """Give another person the same name and sex, and 25 years between them."""
    year = (one.birth_date or date(1960, 1, 1)).year
    born = date(year - 25 if year > 1970 else year + 25, 6, 15)
    return replace(other, name=one.name, sex=one.sex, birth_date=born)


def _as_found(person: Person) -> Person:
    """Describe a found person: no date of birth, an age as somebody guessed it."""
    age = 2026 - (person.birth_date or date(1960, 1, 1)).year
    return replace(person, birth_date=None, age_from=max(age - 6, 0), age_to=age + 6)


def _person_times(rng: random.Random) -> Times:
    reported_at = NIGHT_FROM + timedelta(minutes=rng.randint(-2 * 1440, 800))
    event_to = reported_at - timedelta(minutes=rng.randint(30, 600))
    return Times(event_to - timedelta(minutes=60), event_to, reported_at)
