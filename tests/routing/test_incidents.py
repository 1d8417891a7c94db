"""One car on one road is one lead, whoever reads it, in whatever order it comes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records import (
    Delivery,
    HotListEntry,
    Lead,
    LeadLevel,
    LeadRead,
    Read,
    Spot,
    Vehicle,
    Verdict,
    content_id,
)
from routing.incidents import (
    WITHIN,
    Passage,
    keep_read,
    late_s,
    leads_of_car,
    may_be_one_car,
)
from tests.data.test_store import AT
from tests.routing.test_desk import SEEN, YANGMEI, judgement, kept, read, stolen

MINUTE = timedelta(minutes=1)
OTHER = {"vehicle_type": "scooter", "colour": "black"}
"""How another vehicle looks: its reads give advice, even of the very plate."""

HUKOU = Spot(lng=121.0470, lat=24.8781)
"""In 新竹縣, 12.5 km from 楊梅: six minutes at 130 km/h."""
JHONGLI = Spot(lng=121.2200, lat=24.9650)
QIDU = Spot(lng=121.7130, lat=25.0930)
"""In 基隆, 59 km from 楊梅."""


def at(minutes, n, spot=YANGMEI, plate="BKD-5826", **changes):
    """A read so many minutes after the first one, by a camera of its own."""
    moment = SEEN + timedelta(minutes=minutes)
    made = read(plate, n=n, at=moment, spot=spot, **changes)
    return replace(made, camera_id=f"cam-{n}", id=content_id("read", n))


def incidents(store):
    """The sets of camera numbers that are one lead."""
    with store.read() as tx:
        reads = {one.id: one for one in tx.find(Read)}
        found = tx.find(LeadRead)
    leads = {}
    for one in found:
        number = int(reads[one.read_id].camera_id.removeprefix("cam-"))
        leads.setdefault(one.lead_id, set()).add(number)
    return sorted(map(sorted, leads.values()))


def told(store, lead):
    return [
        (row.agency_id, row.action, row.subject_version)
        for row in kept(store, Delivery)
        if row.subject_id == lead.id
    ]


@pytest.fixture
def wanted(desk):
    return desk.open_report(stolen()).report


def test_one_car_at_three_cameras_is_one_lead(desk, store, wanted):
    first = desk.record_reads([at(0, 1, HUKOU)])
    further = desk.record_reads([at(7, 2, YANGMEI), at(13, 3, JHONGLI)])
    assert (len(first.leads), further.leads) == (1, ())
    assert [one.lead_id for one in further.lead_reads] == [first.leads[0].id] * 2
    assert incidents(store) == [[1, 2, 3]]
    assert kept(store, Lead)[0].read_id == first.lead_reads[0].read_id


def test_eleven_minutes_without_a_read_are_another_lead(desk, store, wanted):
    desk.record_reads([at(0, 1)])
    desk.record_reads([at(10, 2)])
    desk.record_reads([at(21, 3)])
    assert incidents(store) == [[1, 2], [3]]


def test_two_cars_under_one_plate_are_two_leads(desk, store, wanted):
    """59 km in 9 minutes: one of them is a clone, and each keeps to its own track."""
    desk.record_reads([at(0, 1, YANGMEI), at(9, 2, QIDU)])
    desk.record_reads([at(9, 3, YANGMEI), at(18, 4, QIDU)])
    assert incidents(store) == [[1, 3], [2, 4]]


def test_the_same_camera_in_the_same_minute_is_one_lead(desk, store, wanted):
    desk.record_reads([at(0, 1), at(0.5, 2), at(0.5, 3)])
    assert incidents(store) == [[1, 2, 3]]


def test_two_misreadings_of_one_wanted_plate_are_one_lead(desk, store, wanted):
    seen = {"vehicle_type": "suv", "colour": "white"}
    desk.record_reads([at(0, 1, plate="BKO-5B26", **seen)])
    desk.record_reads([at(1, 2, plate="8KD-5826", **seen)])
    assert incidents(store) == [[1, 2]]


def test_two_wanted_plates_side_by_side_are_two_leads(desk, store, wanted):
    other = stolen(id="rep-2", vehicle=Vehicle("APK-3391"))
    desk.open_report(other)
    desk.record_reads([at(0, 1), at(0, 2, plate="APK-3391")])
    assert incidents(store) == [[1], [2]]


def test_two_entries_of_one_plate_are_two_leads_of_the_same_read(desk, store, wanted):
    desk.open_report(stolen(id="rep-2"))
    assert len(desk.record_reads([at(0, 1)]).leads) == 2
    assert incidents(store) == [[1], [1]]


def test_a_further_read_in_the_same_county_tells_nobody(desk, store, wanted):
    (lead,) = desk.record_reads([at(0, 1, YANGMEI)]).leads
    before = told(store, lead)
    desk.record_reads([at(4, 2, JHONGLI)])
    assert incidents(store) == [[1, 2]]
    assert told(store, lead) == before


def test_a_further_read_in_another_county_tells_that_county_once(desk, store, wanted):
    (lead,) = desk.record_reads([at(0, 1, HUKOU)]).leads
    before = told(store, lead)
    desk.record_reads([at(7, 2, YANGMEI)])
    desk.record_reads([at(9, 3, JHONGLI)])
    new = [row for row in told(store, lead) if row not in before]
    assert "68000" not in {agency for agency, *_ in before}
    assert new == [("68000", "act", 1)]


def test_a_read_that_weighs_more_raises_the_lead_and_tells_again(desk, store, wanted):
    (weak,) = desk.record_reads([at(0, 1, HUKOU, **OTHER)]).leads
    assert weak.level is LeadLevel.ADVICE
    answer = desk.record_reads([at(7, 2, YANGMEI)])
    (raised,) = answer.leads
    assert (raised.id, raised.level, raised.version) == (weak.id, LeadLevel.ACTION, 2)
    assert (raised.read_id, raised.at) == (weak.read_id, weak.at)
    assert raised.weight_bits > weak.weight_bits
    assert raised.explanation["total_bits"] == raised.weight_bits
    assert raised.explained_read_id == answer.lead_reads[0].read_id
    again = {row[0] for row in told(store, weak) if row[1:] == ("act", 2)}
    assert again == {"10005", "10004", "68000"}  # owner, the first scene, the new one


def test_a_read_that_weighs_less_changes_nothing_of_the_lead(desk, store, wanted):
    (strong,) = desk.record_reads([at(0, 1)]).leads
    desk.record_reads([at(1, 2, **OTHER)])
    assert incidents(store) == [[1, 2]]
    assert kept(store, Lead) == [strong]


def test_a_weak_read_in_a_new_county_is_only_advised_there(desk, store, wanted):
    (lead,) = desk.record_reads([at(0, 1, HUKOU)]).leads
    desk.record_reads([at(7, 2, YANGMEI, **OTHER)])
    assert incidents(store) == [[1, 2]]
    assert ("68000", "advice", 1) in told(store, lead)
    desk.record_reads([at(9, 3, YANGMEI)])
    assert ("68000", "act", 1) in told(store, lead)


def test_a_further_read_of_what_was_called_negative_is_silent(desk, store, wanted):
    (lead,) = desk.record_reads([at(0, 1, HUKOU)]).leads
    desk.judge(judgement(lead, Verdict.NEGATIVE))
    before = told(store, lead)
    answer = desk.record_reads([at(7, 2, YANGMEI)])
    assert (answer.leads, incidents(store)) == ((), [[1, 2]])
    assert told(store, lead) == before


def test_what_was_called_negative_does_not_hide_a_read_that_asks_for_more(
    desk, store, wanted
):
    (weak,) = desk.record_reads([at(0, 1, **OTHER)]).leads
    desk.judge(judgement(weak, Verdict.NEGATIVE))
    (lead,) = desk.record_reads([at(2, 2)]).leads
    assert lead.level is LeadLevel.ACTION
    assert incidents(store) == [[1], [2]]


def test_a_car_that_was_confirmed_is_followed_into_the_next_county(desk, store, wanted):
    (lead,) = desk.record_reads([at(0, 1, HUKOU)]).leads
    desk.judge(judgement(lead, Verdict.POSITIVE))
    assert desk.record_reads([at(7, 2, YANGMEI)]).leads == ()
    assert ("68000", "act", 2) in told(store, lead)


def test_a_late_read_that_bridges_two_leads_leaves_both_and_says_so(
    desk, store, wanted
):
    (first,) = desk.record_reads([at(0, 1)]).leads
    (second,) = desk.record_reads([at(15, 2)]).leads
    assert desk.record_reads([at(7, 3)]).leads == ()
    (bridge,) = [one for one in kept(store, LeadRead) if one.bridges]
    assert (bridge.lead_id, bridge.bridges) == (first.id, (second.id,))
    assert incidents(store) == [[1, 3], [2]]


def test_the_leads_of_a_batch_are_raised_in_order_of_the_event(desk, store, wanted):
    answer = desk.record_reads([at(40, 1), at(0, 2), at(20, 3)])
    assert [lead.at for lead in answer.leads] == sorted(
        lead.at for lead in answer.leads
    )
    assert len(answer.leads) == 3


def test_a_lead_raised_long_after_its_read_is_late(desk, clock, wanted):
    clock.at = SEEN + 5 * MINUTE
    (soon,) = desk.record_reads([at(0, 1)]).leads
    clock.at = SEEN + timedelta(hours=2)
    (late,) = desk.record_reads([at(60, 2)]).leads
    assert (late_s(soon), late_s(late)) == (None, 3600.0)


def test_a_read_that_is_kept_is_not_kept_again(desk, store, wanted):
    desk.record_reads([at(0, 1)])
    (seen,) = kept(store, LeadRead)
    (entry,) = kept(store, HotListEntry)
    (own,) = kept(store, Read)
    with store.write() as tx:
        assert keep_read(tx, own, seen, entry) is None


def test_reads_without_places_are_held_apart_by_time_alone():
    here, nowhere = Passage("a", AT, YANGMEI), Passage("a", AT + MINUTE, Spot())
    assert may_be_one_car(here, nowhere)
    assert may_be_one_car(nowhere, here)
    assert not may_be_one_car(here, Passage("a", AT + MINUTE, QIDU))


def test_of_two_leads_the_nearest_in_time_takes_the_read():
    near = [Passage("lead-b", AT + 5 * MINUTE, YANGMEI), Passage("lead-a", AT, YANGMEI)]
    seen = read(at=AT + 4 * MINUTE)
    assert leads_of_car(seen, near) == ("lead-b", "lead-a")
    assert leads_of_car(replace(seen, at=AT + 2.5 * MINUTE), near)[0] == "lead-a"


def canonical(moments):
    """Group (n, minute, track) as nobody's arrival could change it."""
    groups = []
    for track in (0, 1):
        last = None
        for n, minute, own in sorted(moments, key=lambda one: one[1]):
            if own != track:
                continue
            if last is None or minute - last > WITHIN / MINUTE:
                groups.append(set())
            groups[-1].add(n)
            last = minute
    return sorted(map(sorted, groups))


def linked(store):
    """The leads with those that a read bridges, as one set each."""
    with store.read() as tx:
        reads, found = tx.find(Read), tx.find(LeadRead)
    number = {one.id: int(one.camera_id.removeprefix("cam-")) for one in reads}
    group = {one.lead_id: {one.lead_id} for one in found}
    for one in found:
        for other in one.bridges:
            both = group[one.lead_id] | group[other]
            group |= dict.fromkeys(both, both)
    sets = {frozenset(leads) for leads in group.values()}
    return sorted(
        sorted(number[one.read_id] for one in found if one.lead_id in leads)
        for leads in sets
    )


@settings(max_examples=40, deadline=None)
@given(
    moments=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 1)), min_size=1, max_size=9
    ),
    order=st.randoms(use_true_random=False),
)
def test_any_order_and_repetition_of_reads_makes_the_same_incidents(
    moments, order, boundaries, tmp_path_factory
):
    """Leads that a late read bridges are taken together; without one they are equal."""
    from tests.routing.test_watch import _desk, open_both

    known = [(n, minute, track) for n, (minute, track) in enumerate(moments)]
    sent = [at(minute, n, (YANGMEI, QIDU)[track]) for n, minute, track in known]
    shuffled = sent * 2
    order.shuffle(shuffled)
    with open_both(tmp_path_factory.mktemp("x")) as (store, archive):
        desk = _desk(store, archive, boundaries, lambda: SEEN)
        desk.open_report(stolen())
        while shuffled:
            n = order.randint(1, 3)
            desk.record_reads(shuffled[:n])
            shuffled = shuffled[n:]
        assert linked(store) == canonical(known)
        if not any(one.bridges for one in kept(store, LeadRead)):
            assert incidents(store) == canonical(known)
