"""The desk's verbs: what is kept together, what is told, what stays silent."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import KeyReused, RecordNotFound
from data.records import (
    Agency,
    Delivery,
    HotListEntry,
    Judgement,
    Lead,
    LeadLevel,
    LeadRead,
    LeadState,
    QuarantinedRow,
    Read,
    Report,
    ReportKind,
    ReportState,
    Site,
    SiteKind,
    Spot,
    Vehicle,
    Verdict,
    content_id,
)
from geo.errors import CoordinateRefused
from routing.desk import Desk
from routing.errors import (
    JudgementRefused,
    NobodyToTell,
    ReportNotOpen,
    ReportRefused,
    UnknownAgency,
)
from tests.data.test_store import AT, REPORT

SEEN = AT + timedelta(minutes=55)
YANGMEI = Spot(lng=121.1643, lat=24.9140)


def stolen(**changes):
    made = replace(REPORT, spot=Spot(lng=120.9025, lat=24.6880), person=None)
    return replace(made, **changes)


def seen(desk):
    """All reads of the archive."""
    return desk.reads.between().all().records()


def read(plate="BKD-5826", n=1, **changes):
    made = Read(
        id=content_id("read", "cam", n),
        camera_id="cam",
        at=SEEN,
        plate_raw=plate,
        plate="",
        received_at=SEEN,
        spot=YANGMEI,
        sequence=n,
    )
    return replace(made, **changes)


def kept(store, noun):
    with store.read() as tx:
        return tx.find(noun)


def test_a_report_a_hot_list_entry_and_its_deliveries_are_kept_together(desk, store):
    answer = desk.open_report(stolen())
    assert answer.is_new
    assert kept(store, HotListEntry) == [answer.entry]
    assert len(kept(store, Delivery)) == 22


def test_a_lead_its_read_and_its_deliveries_are_kept_together(desk, store):
    desk.open_report(stolen())
    answer = desk.record_reads([read()])
    (lead,) = answer.leads
    about = [row for row in kept(store, Delivery) if row.subject_id == lead.id]
    assert kept(store, Lead) == [lead]
    assert {row.agency_id for row in about} >= {"10005", "68000", "10004"}


def test_when_what_belongs_to_a_batch_fails_nothing_of_it_is_kept(desk, store):
    desk.open_report(stolen())

    def also(tx, answer):
        assert answer.leads
        tx.get(Read, "nothing")

    with pytest.raises(RecordNotFound):
        desk.record_reads([read()], also=also)
    assert kept(store, Read) == []
    assert kept(store, Lead) == []
    assert len(seen(desk)) == 1  # and screened with the next batch
    (lead,) = desk.record_reads([]).leads
    assert kept(store, Lead) == [lead]


def test_an_agency_that_nobody_can_be_told_at_is_refused(desk, store):
    with pytest.raises(NobodyToTell, match="10099"):
        desk.add_agencies([Agency("10099", "某局")], [])
    assert len(kept(store, Agency)) == 22


def test_a_read_sent_twice_is_kept_once_and_tells_nobody_again(desk, store):
    desk.open_report(stolen())
    desk.record_reads([read()])
    before = len(kept(store, Delivery))
    again = desk.record_reads([read(), read()])
    assert (again.stored, again.duplicate, again.leads) == (0, 2, ())
    assert len(kept(store, Delivery)) == before


def test_what_cannot_be_kept_is_held_with_its_reason_and_stops_nothing(desk, store):
    swapped = replace(YANGMEI, lng=24.914, lat=121.1643)
    batch = [
        read(n=1),
        read("ВКD-5826", n=2),
        read(n=3, spot=swapped),
        read(n=4, camera_id="nowhere", spot=Spot()),
    ]
    answer = desk.record_reads(batch)
    assert (answer.received, answer.stored, answer.quarantined) == (4, 1, 3)
    codes = {row.code for row in kept(store, QuarantinedRow)}
    assert codes == {"plate-foreign-character", "place-swapped", "camera-unknown"}
    assert all(b"plate" in row.raw for row in kept(store, QuarantinedRow))


def test_a_fixed_cameras_read_takes_the_cameras_place(desk, store):
    spot = desk.located(YANGMEI)
    with store.write() as tx:
        tx.add(Site("cam", SiteKind.CAMERA, "楊梅交流道", spot))
    desk.record_reads([read(spot=Spot())])
    assert seen(desk)[0].spot == spot
    assert spot.county_code == "68000"


def test_a_read_just_off_the_shore_tells_the_nearest_county_and_says_so(desk, store):
    desk.open_report(stolen())
    off_shore = off_the_shore(desk.boundaries)
    desk.record_reads([read(spot=off_shore)])
    (kept_read,) = seen(desk)
    (scene,) = [row for row in kept(store, Delivery) if row.role == "scene"]
    assert kept_read.spot.county_note == "gap"
    assert scene.agency_id == kept_read.spot.county_code
    assert "海岸" in scene.reason


def off_the_shore(boundaries):
    """A point less than 50 m from land, in no county."""
    shore = boundaries["68000"].shape
    west = (
        max(shore.geoms, key=lambda part: part.area)
        if hasattr(shore, "geoms")
        else shore
    )
    for lng, lat in west.exterior.coords:
        place = boundaries.locate(lng=lng - 0.0002, lat=lat + 0.0002)
        if place.note == "gap":
            return Spot(lng=lng - 0.0002, lat=lat + 0.0002)
    raise AssertionError("no such point")


def test_a_read_that_comes_late_is_marked(desk, store):
    late = timedelta(minutes=11)
    desk.record_reads([read(n=1), read(n=2, received_at=SEEN + late)])
    assert sorted(row.late for row in seen(desk)) == [False, True]


def test_a_read_from_before_the_theft_raises_nothing(desk):
    desk.open_report(stolen())
    early = read(at=AT - timedelta(minutes=1))
    assert desk.record_reads([early]).leads == ()


def test_a_report_finds_the_misread_plate_among_reads_before_it(desk):
    desk.record_reads([read("BKO-5B26", vehicle_type="suv", colour="white")])
    assert len(desk.open_report(stolen()).leads) == 1


def test_a_report_does_not_find_a_strangers_read(desk):
    desk.record_reads([read("XYZ-9876")])
    assert desk.open_report(stolen()).leads == ()


def test_a_closed_report_is_silent_also_for_late_reads_from_before(desk):
    report = desk.open_report(stolen()).report
    desk.close_report(report.id, reason="尋獲")
    assert desk.record_reads([read()]).leads == ()


def test_closing_tells_everyone_who_was_told_and_keeps_the_versions(desk, store):
    report = desk.open_report(stolen()).report
    (lead,) = desk.record_reads([read()]).leads
    desk.close_report(report.id, reason="尋獲")
    over = {row.agency_id for row in kept(store, Delivery) if row.action == "cancel"}
    with store.read() as tx:
        states = [version.state for version in tx.versions(Lead, lead.id)]
        reports = [version.state for version in tx.versions(Report, report.id)]
    assert len(over) == 22
    assert states == [LeadState.UNVERIFIED, LeadState.WITHDRAWN]
    assert reports == [ReportState.OPEN, ReportState.CLOSED]


def test_closing_leaves_a_judged_lead_as_it_was_judged(desk, store):
    report = desk.open_report(stolen()).report
    (lead,) = desk.record_reads([read()]).leads
    desk.judge(judgement(lead, Verdict.NEGATIVE))
    desk.close_report(report.id, reason="尋獲")
    assert kept(store, Lead)[0].state is LeadState.NEGATIVE


def test_a_closed_report_cannot_be_closed_again(desk):
    report = desk.open_report(stolen()).report
    desk.close_report(report.id, reason="尋獲")
    with pytest.raises(ReportNotOpen):
        desk.close_report(report.id, reason="尋獲")


def test_an_entry_past_its_date_asks_nobody_to_act(desk):
    desk.open_report(stolen())
    (fresh,) = desk.record_reads([read(n=1)]).leads
    (stale,) = desk.record_reads([read(n=2, at=SEEN + timedelta(days=31))]).leads
    assert (fresh.level, stale.level) == (LeadLevel.ACTION, LeadLevel.ADVICE)
    assert stale.explanation["expired"]


def test_the_same_report_sent_again_changes_nothing(desk, store):
    desk.open_report(stolen())
    again = desk.open_report(stolen(reported_at=AT + timedelta(hours=1)))
    assert not again.is_new
    assert len(kept(store, Delivery)) == 22


def test_the_same_report_with_other_content_is_refused(desk):
    desk.open_report(stolen())
    with pytest.raises(KeyReused):
        desk.open_report(stolen(category="violence"))


def test_the_same_bad_read_twice_in_a_batch_is_held_once(desk, store):
    bad = read("ВКD-5826")
    answer = desk.record_reads([bad, bad])
    assert (answer.quarantined, answer.duplicate) == (1, 1)
    assert len(kept(store, QuarantinedRow)) == 1


def test_a_theft_that_may_have_been_in_any_of_two_years_is_refused(desk):
    with pytest.raises(ReportRefused, match="366 days"):
        desk.open_report(stolen(event_from=AT - timedelta(days=700)))


@pytest.mark.parametrize("plate", [None, "", "ВКD-5826"])
def test_a_stolen_vehicle_without_a_readable_plate_is_refused(desk, store, plate):
    with pytest.raises(ReportRefused, match="needs a plate"):
        desk.open_report(stolen(vehicle=Vehicle(plate)))
    assert kept(store, Report) == []


def test_times_that_contradict_are_refused(desk):
    with pytest.raises(ReportRefused, match="before event_from"):
        desk.open_report(stolen(event_to=AT - timedelta(seconds=1)))


def test_swapped_coordinates_of_a_report_are_refused(desk):
    with pytest.raises(CoordinateRefused, match="swapped"):
        desk.open_report(stolen(spot=Spot(lng=24.688, lat=120.9025)))


def test_an_agency_that_nobody_knows_is_refused(desk):
    with pytest.raises(UnknownAgency, match="10099"):
        desk.open_report(stolen(agency_id="10099"))


def test_a_missing_person_puts_nothing_on_the_hot_list(desk, store):
    person = stolen(kind=ReportKind.MISSING_PERSON, vehicle=None)
    assert desk.open_report(person).entry is None
    assert kept(store, HotListEntry) == []


def test_one_bad_report_of_a_file_stops_no_other(desk):
    batch = [stolen(), stolen(id="rep-2", vehicle=None), stolen(id="rep-3")]
    answer = desk.open_reports(batch)
    assert set(answer.answers) == {"rep-1", "rep-3"}
    assert "needs a plate" in answer.refused["rep-2"]


def judgement(lead, verdict=Verdict.POSITIVE, **changes):
    made = Judgement(
        id=content_id("jdg", lead.id, verdict),
        lead_id=lead.id,
        verdict=verdict,
        judged_by="值班員",
        agency_id="68000",
        at=SEEN,
        compared=("list", "plate", "vehicle"),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.POSITIVE, LeadState.POSITIVE),
        (Verdict.NEGATIVE, LeadState.NEGATIVE),
        (Verdict.UNSURE, LeadState.UNSURE),
    ],
)
def test_a_verdict_becomes_the_leads_state(desk, verdict, state):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read()]).leads
    assert desk.judge(judgement(lead, verdict)).state is state


@pytest.mark.parametrize(
    "changes",
    [{"compared": ("plate", "vehicle")}, {"compared": ()}, {"judged_by": " "}],
)
def test_a_hasty_or_unsigned_verdict_is_refused(desk, changes):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read()]).leads
    with pytest.raises(JudgementRefused):
        desk.judge(judgement(lead, **changes))


def test_the_same_verdict_sent_twice_is_kept_once(desk, store):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read()]).leads
    first = desk.judge(judgement(lead))
    later = judgement(lead, id="jdg-again", at=SEEN + timedelta(minutes=1))
    assert desk.judge(later) == first
    assert len(kept(store, Judgement)) == 1


def test_a_changed_mind_is_kept_beside_the_first_verdict(desk, store):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read()]).leads
    desk.judge(judgement(lead))
    assert desk.judge(judgement(lead, Verdict.NEGATIVE)).state is LeadState.NEGATIVE
    assert len(kept(store, Judgement)) == 2


def test_a_withdrawn_lead_cannot_be_judged(desk):
    report = desk.open_report(stolen()).report
    (lead,) = desk.record_reads([read()]).leads
    desk.close_report(report.id, reason="尋獲")
    with pytest.raises(JudgementRefused, match="withdrawn"):
        desk.judge(judgement(lead))


def test_a_verdict_on_nothing_is_refused(desk):
    desk.open_report(stolen())
    (lead,) = desk.record_reads([read()]).leads
    with pytest.raises(RecordNotFound):
        desk.judge(judgement(replace(lead, id="lead-9")))


def test_an_entry_that_another_desk_closed_is_silent_here(
    desk, store, boundaries, clock
):
    report = desk.open_report(stolen()).report
    other = Desk(store, None, boundaries=boundaries, model=desk.model, now=clock)
    other.close_report(report.id, reason="尋獲")
    assert desk.record_reads([read()]).leads == ()


def test_many_threads_lose_nothing_and_keep_each_read_of_a_lead_once(desk, store):
    desk.open_report(stolen())
    batches = [[read(n=n) for n in range(start, 40, 4)] for start in range(4)]
    threads = [
        threading.Thread(target=desk.record_reads, args=(batch,))
        for batch in (*batches, *batches)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen(desk)) == 40
    assert len(kept(store, LeadRead)) == 40
    assert len(kept(store, Lead)) == 1
