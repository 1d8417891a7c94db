"""Open reports of persons at the desk."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.errors import StoreRefused
from data.records import (
    Judgement,
    Lead,
    LeadState,
    Person,
    Report,
    ReportKind,
    ReportState,
    Spot,
    Verdict,
)
from matching.model import read_model
from routing.desk import Desk
from routing.errors import JudgementRefused, NotCompared, UnknownAgency
from routing.pairing.kinds import PERSON
from routing.pairing.leads import MOST
from routing.pairing.open_reports import LEAST_OPEN, prior_of

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MISSING = Report(
    id="rep-missing",
    kind=ReportKind.MISSING_PERSON,
    agency_id="65000",
    case_number="65000-1",
    reported_at=AT,
    event_from=AT,
    event_to=AT,
    spot=Spot(lng=121.4478, lat=25.0352, error_m=100),
    person=Person("黃秀琴", "female", date(1950, 11, 20), clothing="紅色外套"),
)
FOUND = replace(
    MISSING,
    id="rep-found",
    kind=ReportKind.FOUND_PERSON,
    agency_id="63000",
    case_number="63000-1",
    event_from=AT + timedelta(days=1),
    event_to=AT + timedelta(days=1),
    reported_at=AT + timedelta(days=1),
    person=Person("王秀勤?", "female", age_from=70, age_to=80),
)


def verdict(lead, agency_id, said=Verdict.POSITIVE, number=1):
    return Judgement(
        f"jdg-{agency_id}-{number}", lead.id, said, "王員", agency_id, AT,
        compared=PERSON.compared,
    )  # fmt: skip


def a_pair(desk):
    desk.open_report(MISSING)
    (lead,) = desk.open_report(FOUND).leads
    return lead


def similar(desk, report=MISSING):
    return [one.report.id for one in desk.similar(report.id, most=5, least=0.0001)]


def test_what_another_process_opened_and_closed_is_seen(desk, store, boundaries, clock):
    other = Desk(store, None, boundaries=boundaries, model=read_model(), now=clock)
    desk.open_report(MISSING)
    (lead,) = other.open_report(FOUND).leads
    assert lead.other_report_id == FOUND.id
    assert similar(desk) == [FOUND.id]
    other.close_report(FOUND.id, reason="認錯")
    assert similar(desk) == []
    again = replace(FOUND, id="rep-again", case_number="63000-2")
    assert len(desk.open_report(again).leads) == 1


def test_a_report_that_was_not_kept_is_not_compared(desk, monkeypatch):
    desk.open_report(MISSING)

    def broken(*args):
        raise StoreRefused("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "_tell", broken)
        with pytest.raises(StoreRefused):
            desk.open_report(FOUND)
    assert similar(desk) == []
    assert len(desk.open_report(FOUND).leads) == 1


def test_a_report_that_was_not_kept_is_not_taken_for_one_that_came_since(
    desk, store, boundaries, clock, monkeypatch
):
    other = Desk(store, None, boundaries=boundaries, model=read_model(), now=clock)
    desk.open_report(MISSING)

    def broken(*args):
        raise StoreRefused("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "_tell", broken)
        with pytest.raises(StoreRefused):
            desk.open_report(FOUND)
    again = replace(FOUND, id="rep-again", case_number="63000-2")
    other.open_report(again)
    assert similar(desk) == [again.id]


def test_a_verb_that_is_refused_costs_no_index(desk, monkeypatch):
    desk.open_report(MISSING)
    monkeypatch.setattr("routing.pairing.open_reports.Live", None)  # made anew: fails
    with pytest.raises(UnknownAgency):
        desk.open_report(replace(FOUND, agency_id="nobody"))
    assert len(desk.open_report(FOUND).leads) == 1


def test_a_report_that_comes_closed_is_compared_with_none(desk):
    desk.open_report(replace(MISSING, state=ReportState.CLOSED))
    assert desk.open_report(FOUND).leads == ()
    assert similar(desk, FOUND) == []


def test_reports_of_one_file_see_each_other(desk):
    answer = desk.open_reports([MISSING, FOUND])
    assert answer.refused == {}
    assert len(answer.answers[FOUND.id].leads) == 1


def test_closing_one_side_withdraws_the_lead_and_tells_both(desk, store):
    lead = a_pair(desk)
    desk.close_report(FOUND.id, reason="家屬接回")
    with store.read() as tx:
        assert tx.get(Lead, lead.id).state is LeadState.WITHDRAWN
    with pytest.raises(JudgementRefused, match="withdrawn"):
        desk.judge(verdict(lead, "65000"))


def test_a_report_raises_a_few_leads_at_most(desk):
    for number in range(MOST + 4):
        desk.open_report(
            replace(MISSING, id=f"rep-{number}", case_number=f"65000-{number}")
        )
    leads = desk.open_report(FOUND).leads
    assert len(leads) == MOST
    assert [lead.report_id for lead in leads] == [f"rep-{n}" for n in range(MOST)]


def test_one_agency_with_both_reports_confirms_alone(desk):
    desk.open_report(MISSING)
    (lead,) = desk.open_report(replace(FOUND, agency_id="65000")).leads
    assert desk.judge(verdict(lead, "65000")).state is LeadState.POSITIVE


def test_the_last_word_of_each_side_counts(desk):
    lead = a_pair(desk)
    states = [
        desk.judge(verdict(lead, agency_id, said, number)).state
        for number, (agency_id, said) in enumerate(
            [
                ("65000", Verdict.UNSURE),
                ("63000", Verdict.POSITIVE),
                ("65000", Verdict.NEGATIVE),
                ("65000", Verdict.POSITIVE),
            ]
        )
    ]
    assert states == [
        LeadState.UNSURE, LeadState.UNSURE, LeadState.NEGATIVE, LeadState.POSITIVE,
    ]  # fmt: skip


def test_the_prior_is_shared_by_all_open_reports():
    assert prior_of(2 * LEAST_OPEN, 0.5) == pytest.approx(
        prior_of(LEAST_OPEN, 0.5) - 1, abs=0.01
    )
    assert prior_of(0, 0.5) == prior_of(LEAST_OPEN, 0.5)


def test_a_withdrawal_is_compared_with_none(desk):
    taken = replace(
        MISSING, id="rep-9", kind=ReportKind.WITHDRAWAL, case_number="9", person=None
    )
    desk.open_report(taken)
    with pytest.raises(NotCompared, match="rep-9"):
        desk.similar(taken.id, most=5, least=0.1)
