"""AC-05: a woman with dementia, found in the next city under a name like hers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.records import ReportKind
from matching.names.tables import shares
from tests.made_reports import made_reports

LOST_AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FOUND_AT = LOST_AT + timedelta(days=6)
TEMPLE = {"lng": 121.4478, "lat": 25.0352, "error_m": 100, "place": "新北市新莊區廟街"}
SHIPAI = {"lng": 121.5152, "lat": 25.1098, "error_m": 50, "place": "臺北市北投區石牌"}
"""10.7 km apart, beyond the 5.8 km within which 95 % of those on foot are found."""

ALL = ["identity", "appearance", "report"]


def missing(**person):
    return TEMPLE | {
        "kind": "missing-person",
        "agency_id": "65000",
        "case_number": "65000-1150301-0001",
        "event_from": LOST_AT.isoformat(),
        "person": {
            "name": "黃秀琴", "sex": "female", "birth_date": "1950-11-20",
            "clothing": "紅色外套", "dementia": True,
        } | person,
        "contact": {"name": "黃大明", "phone": "0900-000-001", "relation": "長子"},
        "text": "失智，早上出門散步未歸",
        "synthetic": True,
    }  # fmt: skip


def found(case_number="63000-1150307-0001", **person):
    return SHIPAI | {
        "kind": "found-person",
        "agency_id": "63000",
        "case_number": case_number,
        "event_from": FOUND_AT.isoformat(),
        "person": {
            "name": "王秀勤?", "sex": "female", "age_from": 70, "age_to": 80,
            "clothing": "暗紅色夾克、黑色長褲",
        } | person,
        "contact": {"name": "石牌派出所值班", "phone": "02-0000-0000"},
        "text": "只會講台語，未帶證件",
        "synthetic": True,
    }  # fmt: skip


def sent(client, clock, body, at):
    clock.at = at
    answer = client.post("/reports", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@pytest.fixture
def lost(client, clock, service, boundaries):
    """Her report among 2,000 open ones, thirty of them of women like her."""
    others, _, _ = made_reports(boundaries, 1_999, 0, seed=3)
    clock.at = LOST_AT + timedelta(days=1)
    service.desk.open_reports(alike(others))
    return sent(client, clock, missing(), LOST_AT + timedelta(hours=10))["report"]


def alike(reports):
    """Make thirty of them Huang and Wang women over 60 with everyday given names."""
    given = sorted(name for name in shares("given") if len(name) == 2)
    for n, report in enumerate(reports):
        if n < 30:
            person = replace(
                report.person,
                name="黃王"[n % 2] + given[n * 7 % len(given)],
                sex="female",
                birth_date=date(1936 + n, 1 + n % 12, 1 + n % 28),
            )
            report = replace(report, person=person)
        yield report


def lead_of(client, answer, report):
    """Return the lead of a pair and its place among the leads, from 1."""
    leads = [client.get(f"/leads/{one}").json() for one in answer["leads"]]
    heavy = sorted(leads, key=lambda one: -one["weight_bits"])
    places = [
        n for n, one in enumerate(heavy, 1) if one["report"]["id"] == report["id"]
    ]
    assert places, [one["report"]["person"]["name"] for one in heavy]
    return heavy[places[0] - 1], places[0]


def parts(lead):
    return {one["name"]: one for one in lead["explanation"]["comparisons"]}


@pytest.mark.parametrize("name", ["王秀勤?", "王秀勤", "林黃秀琴", "Huang Hsiu-chin"])
def test_she_is_in_the_first_three_of_two_thousand(client, clock, lost, name):
    answer = sent(client, clock, found(name=name), FOUND_AT + timedelta(hours=1))
    lead, place = lead_of(client, answer, lost)
    assert place <= 3
    assert lead["level"] == "action"


def test_without_a_name_she_is_in_the_list_to_look_through(client, clock, lost):
    here = sent(client, clock, found(name=None), FOUND_AT)["report"]
    answer = client.get(f"/reports/{here['id']}/similar", params={"most": 20})
    ids = [one["report"]["id"] for one in answer.json()["similar"]]
    assert lost["id"] in ids


def test_the_reasons_for_and_against_are_there_and_add_up(client, clock, lost):
    answer = sent(client, clock, found(), FOUND_AT + timedelta(hours=1))
    lead, _ = lead_of(client, answer, lost)
    found_of = parts(lead)
    assert found_of["name"]["level_label"].startswith("讀音相近")
    assert (found_of["name"]["left"], found_of["name"]["right"]) == (
        "黃秀琴",
        "王秀勤?",
    )
    for name in ("name", "sex", "age", "clothing_later", "whereabouts", "elapsed"):
        assert found_of[name]["bits"] > 0, name
    assert found_of["description"]["bits"] < 0
    assert found_of["height"] == found_of["height"] | {"level": None, "bits": 0}
    total = lead["explanation"]["prior_bits"] + sum(
        one["bits"] for one in found_of.values()
    )
    assert total == pytest.approx(lead["weight_bits"], abs=1e-9)
    assert "10.7 公里" in found_of["whereabouts"]["right"]
    assert found_of["elapsed"]["right"] == "6.0 日後"


def test_far_beyond_a_walk_lowers_and_does_not_remove_her(client, clock, lost):
    weights = []
    for number, lat in enumerate((25.0352, 25.0700, 25.1105, 24.1500), 1):
        body = found(f"63000-1150307-{number:04d}") | {"lat": lat, "lng": 121.0}
        body["lng"] = TEMPLE["lng"] if lat > 25 else 120.68
        answer = sent(client, clock, body, FOUND_AT + timedelta(hours=1))
        lead, _ = lead_of(client, answer, lost)
        weights.append(parts(lead)["whereabouts"]["bits"])
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 0 > weights[-1]


def test_who_came_first_makes_no_difference(client, clock):
    here = sent(client, clock, found(), FOUND_AT + timedelta(hours=1))
    assert here["leads"] == []
    later = sent(client, clock, missing(), FOUND_AT + timedelta(days=1))
    (lead_id,) = later["leads"]
    lead = client.get(f"/leads/{lead_id}").json()
    assert lead["report"]["kind"] == ReportKind.MISSING_PERSON
    assert lead["other_report"]["id"] == here["report"]["id"]
    assert sent(client, clock, missing(), FOUND_AT + timedelta(days=2))["leads"] == []
    assert len(client.get("/leads").json()["leads"]) == 1


def judged(client, lead_id, agency_id, verdict="positive", compared=ALL):
    body = {
        "verdict": verdict, "by": "王員", "agency_id": agency_id, "compared": compared,
    }  # fmt: skip
    return client.post(f"/leads/{lead_id}/judgement", json=body)


def a_pair(client, clock):
    lost = sent(client, clock, missing(), LOST_AT + timedelta(hours=10))["report"]
    here = sent(client, clock, found(), FOUND_AT + timedelta(hours=1))
    return lost["id"], here["report"]["id"], here["leads"][0]


def test_whom_to_call_is_told_when_both_sides_have_confirmed(client, clock, service):
    lost, here, lead_id = a_pair(client, clock)
    assert "0900-000-001" not in client.get(f"/leads/{lead_id}").text
    assert "0900-000-001" not in client.get(f"/reports/{lost}").text
    assert client.get(f"/reports/{lost}").json()["has_contact"]

    first = judged(client, lead_id, "63000").json()
    assert (first["state"], first["contacts"]) == ("unverified", [])
    second = judged(client, lead_id, "65000").json()
    assert second["state"] == "positive"
    assert [one["phone"] for one in second["contacts"]] == [
        "0900-000-001", "02-0000-0000",
    ]  # fmt: skip
    for report_id in (lost, here):
        closed = client.get(f"/reports/{report_id}").json()
        assert (closed["state"], closed["closed_reason"]) == (
            "closed", "兩造確認為同一人",
        )  # fmt: skip
    told = client.get("/deliveries", params={"subject_id": lost}).json()["deliveries"]
    assert {one["agency"]["id"] for one in told if one["action"] == "cancel"} == {
        "63000", "65000",
    }  # fmt: skip
    assert service.desk.similar(lost, most=5, least=0.0001) == []


def test_only_those_whose_reports_they_are_are_told_and_may_judge(client, clock):
    _, _, lead_id = a_pair(client, clock)
    lead = client.get(f"/leads/{lead_id}").json()
    assert [(one["agency"]["id"], one["role"]) for one in lead["recipients"]] == [
        ("65000", "owner"), ("63000", "scene"),
    ]  # fmt: skip
    refused = judged(client, lead_id, "68000")
    assert (refused.status_code, refused.json()["type"]) == (
        422, "/problems/judgement-refused",
    )  # fmt: skip
    assert judged(client, lead_id, "63000", compared=["plate"]).status_code == 422


def test_a_man_of_65_with_her_name_is_no_lead(client, clock, lost):
    man = missing(name="王秀勤", sex="male", birth_date="1961-02-01") | {
        "case_number": "65000-1150301-0002"
    }
    sent(client, clock, man, LOST_AT + timedelta(hours=11))
    answer = sent(client, clock, found(), FOUND_AT + timedelta(hours=1))
    leads = [client.get(f"/leads/{one}").json() for one in answer["leads"]]
    assert leads
    assert all(one["report"]["person"]["sex"] == "female" for one in leads)
    here, asked = answer["report"]["id"], {"most": 100, "least": 1e-9}
    for contradicting, is_there in ((False, False), (True, True)):
        similar = client.get(
            f"/reports/{here}/similar", params=asked | {"contradicting": contradicting}
        ).json()["similar"]
        men = [one for one in similar if one["report"]["person"]["name"] == "王秀勤"]
        assert bool(men) == is_there


def test_a_pair_that_somebody_judged_to_be_two_does_not_come_again(
    client, clock, service
):
    lost, here, lead_id = a_pair(client, clock)
    assert client.get(f"/reports/{here}/similar").json()["similar"]
    assert (
        judged(client, lead_id, "63000", "negative", []).json()["state"] == "negative"
    )
    for report_id in (lost, here):
        assert client.get(f"/reports/{report_id}/similar").json()["similar"] == []
    assert judged(client, lead_id, "65000").json()["state"] == "negative"


def test_similar_reports_of_none_are_not_there(client):
    assert client.get("/reports/none/similar").status_code == 404


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"person": None}, "needs a person"),
        ({"vehicle": {"plate": "ABC-1234"}}, "has no vehicle"),
        ({"person": {"age_from": 80, "age_to": 70}}, "swap them"),
        ({"person": {"sex": "F"}}, "female"),
        ({"person": {"birth_date": "民國39年"}}, "date"),
    ],
)
def test_a_report_of_a_person_says_what_is_wrong_with_it(client, clock, change, told):
    clock.at = FOUND_AT
    answer = client.post("/reports", json=found() | change)
    assert answer.status_code == 422
    assert told in answer.text
