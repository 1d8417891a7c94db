"""A small night through the desk: what it counts is what is kept."""

import pytest

from data.reads.archive import Archive
from data.records import Delivery, Lead, LeadState, Report, ReportState
from data.scenario import Size, generate
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
    assert leads == told == {lead.id for lead in tally.leads}


def test_closed_reports_have_no_open_lead(night):
    scenario, store, *_ = night
    with store.read() as tx:
        closed = {report.id for report in tx.find(Report, state=ReportState.CLOSED)}
        open_ones = tx.find(Lead, state=LeadState.UNVERIFIED)
    assert len(closed) == len(scenario.closings)
    assert not closed & {lead.report_id for lead in open_ones}


def test_most_of_what_is_true_is_found_and_most_of_what_is_found_is_true(night):
    scenario, _, _, tally = night
    found = held_against_truth(tally.leads, scenario)
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
    assert not silent & {(lead.read_id, lead.report_id) for lead in tally.leads}


def test_precision_and_recall_are_shares_of_what_they_say():
    assert Truth(leads=4, right=3, true=6).precision == 0.75
    assert Truth(leads=4, right=3, true=6).recall == 0.5
    assert Truth(leads=0, right=0, true=0).precision is None
    assert Truth(leads=0, right=0, true=0).recall is None
