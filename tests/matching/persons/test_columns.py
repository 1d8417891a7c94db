"""A report on a person as columns."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.records import Person, Report, ReportKind, Spot
from matching.persons.columns import COLUMNS, record_of

AT = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
REPORT = Report(
    id="rep-1",
    kind=ReportKind.MISSING_PERSON,
    agency_id="65000",
    case_number="1",
    reported_at=AT,
    event_from=AT,
    event_to=AT,
    spot=Spot(lng=121.4478, lat=25.0352, error_m=100),
    person=Person(
        name="黃秀琴", sex="female", birth_date=date(1950, 11, 20), height_cm=152.0,
        build="thin", clothing="紅色外套", marks="左臂刺青",
    ),
    text="早上未歸",
)  # fmt: skip


def test_everything_that_is_known_has_a_column():
    assert record_of(REPORT) == {
        "name": "黃秀琴",
        "sex": "female",
        "born": "1950-11-20",
        "height": "152",
        "build": "thin",
        "clothing": "紅色外套",
        "description": "左臂刺青，早上未歸",
        "whereabouts": "missing 121.44780,25.03520 ±100 "
        "2026-03-01T20:00Z..2026-03-01T20:00Z dementia",
    }
    assert set(record_of(REPORT)) == set(COLUMNS)


def test_what_is_not_known_is_left_out():
    unknown = replace(REPORT, person=None, text=None, spot=Spot(address="新莊"))
    assert record_of(unknown) == {
        "whereabouts": "missing ? ±500 2026-03-01T20:00Z..2026-03-01T20:00Z unknown"
    }


@pytest.mark.parametrize(
    ("kind", "person", "profile"),
    [
        (ReportKind.MISSING_PERSON, Person(age_from=64, age_to=70), "unknown"),
        (ReportKind.MISSING_PERSON, Person(age_from=65, age_to=70), "dementia"),
        (ReportKind.MISSING_PERSON, Person(age_to=80), "dementia"),
        (ReportKind.MISSING_PERSON, Person(age_from=40, dementia=True), "dementia"),
        (ReportKind.MISSING_PERSON, Person(age_from=80, dementia=False), "unknown"),
        (ReportKind.FOUND_PERSON, Person(age_from=80, dementia=True), "unknown"),
        (ReportKind.MISSING_PERSON, Person(), "unknown"),
    ],
)
def test_age_and_health_choose_the_table_of_distances(kind, person, profile):
    report = replace(REPORT, kind=kind, person=person)
    assert record_of(report)["whereabouts"].endswith(" " + profile)


def test_an_age_is_that_of_the_day_in_taiwan():
    on_new_year = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # 1 January there
    report = replace(
        REPORT, event_from=on_new_year, event_to=on_new_year, person=Person(age_from=75)
    )
    assert record_of(report)["born"] == "1950..1951"


def test_a_report_of_no_person_has_no_columns():
    with pytest.raises(KeyError):
        record_of(replace(REPORT, kind=ReportKind.THEFT))
