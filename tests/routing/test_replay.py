"""A small night through the desk: what it counts is what is kept."""

from dataclasses import replace

import pytest

from data.reads.archive import Archive
from data.records import (
    Delivery,
    Lead,
    LeadLevel,
    LeadRead,
    LeadState,
    Report,
    ReportState,
)
from data.scenario import Size, generate, script
from data.store import open_store
from matching.model import read_model
from routing.desk import Desk
from routing.replay import ReplayClock, Truth, held_against_truth, replay, set_up

SMALL = Size(vehicles=600, wanted=12, recovered=2, outside=2, near_misses=12)


@pytest.fixture(scope="module")
def night(tmp_path_factory, boundaries):
    scenario = generate(boundaries=boundaries, seed=7, size=SMALL)
    clock = ReplayClock()
    folder = tmp_path_factory.mktemp("night")
    store, archive = open_store(folder / "lianfang.db"), Archive(folder / "reads")
    desk = Desk(store, archive, boundaries=boundaries, model=read_model(), now=clock)
    set_up(desk, store, scenario)
    tally = replay(desk, scenario, clock)
    yield scenario, store, archive, tally
    archive.close()
    store.close()


def test_every_read_of_the_night_is_accounted_for(night):
    scenario, _, archive, tally = night
    assert len(archive) == tally.stored
    assert tally.received == tally.stored + tally.duplicate + tally.quarantined
    assert tally.stored == len(scenario.reads)


def test_every_lead_is_kept_with_someone_told(night):
    _, store, _, tally = night
    with store.read() as tx:
        leads = {lead.id for lead in tx.find(Lead)}
        told = {row.subject_id for row in tx.find(Delivery, subject_kind="lead")}
    assert leads == told == {lead.id for lead in (*tally.leads, *tally.pairs)}


def test_closed_reports_have_no_open_lead(night):
    scenario, store, *_ = night
    with store.read() as tx:
        closed = {report.id for report in tx.find(Report, state=ReportState.CLOSED)}
        open_ones = tx.find(Lead, state=LeadState.UNVERIFIED)
    assert len(closed) == len(scenario.closings)
    assert not closed & {lead.report_id for lead in open_ones}


def test_most_of_what_is_true_is_found_and_most_of_what_is_found_is_true(night):
    scenario, _, _, tally = night
    found = held_against_truth(tally, scenario)
    assert found.true > 20
    assert found.recall is not None
    assert found.recall > 0.8
    assert found.precision is not None
    assert found.precision > 0.8


def test_a_recovered_vehicle_raises_nothing_after_its_closing(night):
    scenario, _, _, tally = night
    silent = {
        (read_id, decoy.report_id)
        for decoy in scenario.decoys
        if decoy.kind == "recovered"
        for read_id in decoy.read_ids
    }
    assert silent
    report_of = {lead.id: lead.report_id for lead in tally.leads}
    assert not silent & {
        (one.read_id, report_of[one.lead_id]) for one in tally.lead_reads
    }


def test_a_car_that_passes_many_cameras_is_few_leads(night):
    _, store, _, tally = night
    with store.read() as tx:
        kept = tx.find(LeadRead)
    assert {one.id for one in kept} == {one.id for one in tally.lead_reads}
    assert len(kept) == len(tally.lead_reads) > len(tally.leads)


def test_the_tally_has_the_leads_as_they_are_kept(night):
    _, store, _, tally = night
    with store.read() as tx:
        levels = {lead.id: lead.level for lead in tx.find(Lead)}
    assert {lead.id: lead.level for lead in (*tally.leads, *tally.pairs)} == levels


def test_the_woman_who_was_lost_and_found_is_a_pair_and_counts_for_no_read(night):
    scenario, _, _, tally = night
    by_case = {report.case_number: report.id for report in scenario.reports}
    lost, here = (by_case[one.case_number] for one in script.PERSONS)
    pairs = {(one.report_id, one.other_report_id): one for one in tally.pairs}
    lead = pairs[lost, here]
    assert lead.level is LeadLevel.ACTION
    assert lead not in tally.leads
    assert held_against_truth(tally, scenario).leads == len(tally.leads)


def test_a_lead_with_one_wrong_read_is_not_right(night):
    scenario, _, _, tally = night
    before = held_against_truth(tally, scenario)
    report_of = {lead.id: lead.report_id for lead in tally.leads}
    pairs = [(one.read_id, report_of[one.lead_id]) for one in tally.lead_reads]
    own = {(lead.read_id, lead.report_id) for lead in tally.leads}
    further = next(p for p in pairs if p in scenario.truth and p not in own)
    after = held_against_truth(
        tally, replace(scenario, truth=scenario.truth - {further})
    )
    assert (after.right, after.found) == (before.right - 1, before.found - 1)


def test_precision_and_recall_are_shares_of_what_they_say():
    told = Truth(leads=4, right=3, true=6, found=5, thefts=2, thefts_found=1)
    assert (told.precision, told.recall, told.theft_recall) == (0.75, 5 / 6, 0.5)
    none = Truth(leads=0, right=0, true=0, found=0, thefts=0, thefts_found=0)
    assert (none.precision, none.recall, none.theft_recall) == (None, None, None)
