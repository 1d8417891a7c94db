"""The page on the real service: real counties, real leads, a real judgement."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from api.settings import Settings
from data.reads.archive import Archive
from data.scenario import Size, generate
from data.store import open_store
from matching.model import read_model
from routing.desk import Desk
from routing.replay import ReplayClock, replay, set_up

pytestmark = pytest.mark.browser

SCRIPTED_PLATE = "BKO-5B26"
SMALL = Size(vehicles=600, wanted=12, recovered=2, outside=2, near_misses=12)


@pytest.fixture(scope="module")
def night_db(tmp_path_factory, boundaries):
    """A store that holds a small night."""
    path = tmp_path_factory.mktemp("night") / "lianfang.db"
    clock = ReplayClock()
    with open_store(path) as store, Archive(Settings(db=path).reads_folder) as archive:
        desk = Desk(
            store, archive, boundaries=boundaries, model=read_model(), now=clock
        )
        scenario = generate(boundaries=boundaries, seed=7, size=SMALL)
        set_up(desk, store, scenario)
        replay(desk, scenario, clock)
    return path


@pytest.fixture
def page_url(night_db):
    """The address of the real service on that store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).parent / "lianfang"
    words = [command, "serve", "--db", night_db, "--port", str(port)]
    with subprocess.Popen(list(map(str, words)), stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url)
        yield url
        server.terminate()


def wait_for(url):
    until = time.monotonic() + 60
    while True:
        try:
            return ask(f"{url}healthz")
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def ask(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def scripted(page_url):
    """The lead of the misread plate on the freeway."""
    leads = ask(f"{page_url}leads?limit=500")["leads"]
    return next(row for row in leads if row["read"]["plate_raw"] == SCRIPTED_PLATE)


def test_the_page_shows_the_real_counties_and_every_lead(open_page, page_url):
    page = open_page(page_url, size=(1440, 900))
    page.evaluate("() => window.__app.whenIdle()")
    held = ask(f"{page_url}summary")
    shown = page.eval_on_selector_all("#leads a[data-lead]", "rows => rows.length")
    counties = page.evaluate("() => window.__app.featuresInView('county')")
    assert counties >= 8
    assert shown == min(held["leads"], 100)
    assert page.evaluate("() => window.__app.featuresInView('lead')") > 0


def test_a_leads_reasons_recipients_and_cameras_are_those_of_the_service(
    open_page, page_url
):
    lead = ask(f"{page_url}leads/{scripted(page_url)['id']}")
    page = open_page(f"{page_url}#lead={lead['id']}", size=(1440, 900))
    page.wait_for_selector("#detail .waterfall")
    page.evaluate("() => window.__app.whenIdle()")
    told = page.inner_text("#detail")
    assert "BKO-5B26" in told
    assert "BKD-5826" in told
    assert "BKQ-5826" in told
    for who in lead["recipients"]:
        assert who["agency"]["name"] in told
        assert who["reason"] in told
    on_the_way = page.evaluate("() => window.__app.featuresInView('story')")
    assert on_the_way >= len(lead["cameras_on_the_way"])


def test_a_judgement_on_the_page_is_kept_by_the_service(open_page, page_url):
    lead_id = scripted(page_url)["id"]
    page = open_page(f"{page_url}#lead={lead_id}", size=(1440, 900))
    page.click('[data-verdict="positive"]')
    for ticked in ("plate", "vehicle", "list"):
        page.check(f'.judge [value="{ticked}"]')
    page.fill('[name="by"]', "值班員")
    page.click('.judge [type="submit"]')
    page.wait_for_selector(".judge .done")
    kept = ask(f"{page_url}leads/{lead_id}")
    assert kept["state"] == "positive"
    assert kept["judgements"][0]["by"] == "值班員"


def test_a_place_is_located_by_the_service(open_page, page_url):
    page = open_page(page_url)
    page.fill("#locate input", "120.88023,24.73356")
    page.press("#locate input", "Enter")
    page.wait_for_function(
        "() => document.body.innerText.includes('崎頂里')", timeout=10_000
    )
    assert "新竹市" in page.inner_text("body")


def test_a_swapped_pair_is_refused_with_what_it_looks_like(open_page, page_url):
    page = open_page(page_url)
    page.fill("#locate input", "24.73356,120.88023")
    page.press("#locate input", "Enter")
    page.wait_for_function(
        "() => document.body.innerText.includes('經緯度可能顛倒')", timeout=10_000
    )
    open_page.faults[:] = [f for f in open_page.faults if "422" not in f]
