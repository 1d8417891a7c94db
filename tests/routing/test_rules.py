"""Who must know: one row of the table of rules a test."""

from dataclasses import replace

import pytest

from data.agencies import county_bureaus
from data.records import LeadLevel, Role
from geo.boundaries import Leg
from routing.rules import (
    ACT,
    ADVICE,
    HOLD,
    TRANSIT_FROM_M,
    hot_list_recipients,
    lead_recipients,
)
from tests.data.test_store import REPORT

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
