"""Who must know: one row of the table of rules a test."""

from dataclasses import replace

import pytest

from data.agencies import county_bureaus
from data.records import Delivery, LeadLevel, Role
from geo.boundaries import Leg
from routing.rules import (
    ACT,
    ADVICE,
    HOLD,
    TRANSIT_FROM_M,
    Recipient,
    hot_list_recipients,
    lead_recipients,
    still_to_tell,
)
from tests.data.test_store import AT, REPORT

AGENCIES = {agency.id: agency for agency in county_bureaus()}
WAY = (Leg("10005", 3000.0), Leg("10004", 23_000.0), Leg("68000", 8000.0))


def told(scene="68000", way=WAY, level=LeadLevel.ACTION, agencies=AGENCIES):
    recipients = lead_recipients(
        report=REPORT, scene=scene, way=way, level=level, agencies=agencies
    )
    return {who.agency_id: (who.role, who.action) for who in recipients}


def test_owner_and_scene_act_and_the_county_between_is_advised():
    assert told() == {
        "10005": (Role.OWNER, ACT),
        "68000": (Role.SCENE, ACT),
        "10004": (Role.TRANSIT, ADVICE),
    }


def test_a_weak_lead_asks_nobody_to_act():
    assert {action for _, action in told(level=LeadLevel.ADVICE).values()} == {ADVICE}


def test_an_owner_that_is_also_the_scene_is_told_once():
    assert told(scene="10005", way=()) == {"10005": (Role.OWNER, ACT)}


def delivered(agency_id, role, action):
    return Delivery(
        id=agency_id,
        subject_kind="lead",
        subject_id="lead-1",
        subject_version=1,
        agency_id=agency_id,
        contact_point_id=agency_id,
        role=role,
        action=action,
        reason="",
        rules_version="test",
        created_at=AT,
    )


OWNER, SCENE = Role.OWNER, Role.SCENE
FIRST = [delivered("10005", OWNER, ACT), delivered("68000", SCENE, ACT)]
FURTHER = [
    Recipient("10005", OWNER, ACT, ""),
    Recipient("68000", SCENE, ACT, ""),
    Recipient("10004", Role.TRANSIT, ADVICE, ""),
]


def told_again(recipients, told, *, is_raised=False):
    found = still_to_tell(recipients, told, is_raised=is_raised)
    return {who.agency_id: who.action for who in found}


def test_a_further_read_where_the_car_is_known_to_be_tells_nobody_anything():
    assert told_again(FURTHER, FIRST) == {}


def test_a_further_read_in_a_new_county_tells_it_and_whom_it_newly_concerns():
    assert told_again(FURTHER, FIRST[:1]) == {"68000": ACT, "10004": ADVICE}


def test_a_county_that_was_on_the_way_is_told_when_the_car_is_there():
    on_the_way = [*FIRST[:1], delivered("68000", Role.TRANSIT, ADVICE)]
    assert told_again(FURTHER[:2], on_the_way) == {"68000": ACT}


def test_a_raised_lead_goes_to_its_owner_and_its_scenes_but_not_to_those_between():
    advised = [
        delivered("10005", OWNER, ADVICE),
        delivered("10002", SCENE, ADVICE),
        delivered("10018", Role.TRANSIT, ADVICE),
    ]
    again = told_again(FURTHER[:2], advised, is_raised=True)
    assert again == {"10005": ACT, "68000": ACT, "10002": ACT}


@pytest.mark.parametrize("scene", [None, "99999"])
def test_a_read_in_no_known_county_goes_to_the_owner_alone(scene):
    assert told(scene=scene, way=()) == {"10005": (Role.OWNER, ACT)}


@pytest.mark.parametrize(
    ("metres", "is_told"), [(TRANSIT_FROM_M - 1, False), (TRANSIT_FROM_M, True)]
)
def test_a_county_that_the_way_only_touches_is_not_told(metres, is_told):
    assert ("10018" in told(way=(Leg("10018", metres),))) is is_told


def test_two_stretches_in_one_county_count_together():
    half = Leg("10018", TRANSIT_FROM_M / 2)
    assert "10018" in told(way=(half, Leg("10004", 1.0), half))


def test_every_recipient_has_a_reason():
    recipients = lead_recipients(
        report=REPORT, scene="68000", way=WAY, level=LeadLevel.ACTION, agencies=AGENCIES
    )
    assert all(who.reason for who in recipients)
    assert "23.0 公里" in recipients[-1].reason


def test_every_county_holds_a_new_entry_and_the_owner_is_marked():
    recipients = hot_list_recipients(REPORT, AGENCIES.values())
    assert {who.agency_id for who in recipients} == set(AGENCIES)
    assert {who.action for who in recipients} == {HOLD}
    owners = [who.agency_id for who in recipients if who.role is Role.OWNER]
    assert owners == ["10005"]


def test_the_category_is_named_in_words():
    (who, *_) = hot_list_recipients(replace(REPORT, category="life"), AGENCIES.values())
    assert "生命危急" in who.reason
