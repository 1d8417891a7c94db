"""The page on the real service: real counties, real leads, a real judgement."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
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
    reads = [row for row in leads if row["read"]]
    return next(row for row in reads if row["read"]["plate_raw"] == SCRIPTED_PLATE)


def send(url, body):
    asked = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def person_report(kind, agency, days_ago, **told):
    """A report of a person; the family's name and number are invented."""
    return {
        "kind": f"{kind}-person",
        "agency_id": agency,
        "case_number": f"{agency}-{kind}-page",
        "event_from": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
        "contact": {"name": f"{kind} 聯絡人", "phone": "0900-000-001"},
        "synthetic": True,
    } | told


def judge_pair(page, agency, compared=("identity", "appearance", "report")):
    page.click('[data-verdict="positive"]')
    for ticked in compared:
        page.check(f'.judge [value="{ticked}"]')
    page.fill('[name="by"]', "值班員")
    page.select_option('[name="agency_id"]', agency)
    page.click('.judge [type="submit"]')
    page.wait_for_selector(".judge .done")


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


def test_a_missing_and_a_found_person_meet_on_the_page(open_page, page_url):
    lost = person_report(
        "missing", "65000", 8, lng=121.4478, lat=25.0352, error_m=100,
        place="新北市新莊區廟街", text="失智，早上出門散步未歸",
        person={"name": "黃秀琴", "sex": "female", "birth_date": "1950-11-20",
                "clothing": "紅色外套", "dementia": True},
    )  # fmt: skip
    here = person_report(
        "found", "63000", 2, lng=121.5152, lat=25.1105, error_m=50,
        place="臺北市北投區石牌", text="只會講台語，未帶證件",
        person={"name": "王秀勤?", "sex": "female", "age_from": 70, "age_to": 80,
                "clothing": "暗紅色夾克、黑色長褲"},
    )  # fmt: skip
    missing = send(f"{page_url}reports", lost)["report"]["id"]
    raised = send(f"{page_url}reports", here)["leads"]
    leads = [ask(f"{page_url}leads/{one}") for one in raised]
    lead_id = next(one["id"] for one in leads if one["report"]["id"] == missing)

    page = open_page(f"{page_url}#kind=person&lead={lead_id}", size=(1440, 900))
    page.wait_for_selector("#detail .waterfall")
    page.evaluate("() => window.__app.whenIdle()")
    row = page.inner_text(f'#leads a[data-lead="{lead_id}"]')
    assert "失蹤 黃秀琴" in row
    assert "尋獲 王秀勤?" in row
    assert "新北市 新莊區 → 臺北市 北投區" in row
    told = page.inner_text("#detail")
    for words in ("暗紅色夾克、黑色長褲", "失智", "直線 10.8 km，相隔 6 日 0 時"):
        assert words in told
    assert "雙方確認後顯示聯絡人" in told
    assert page.evaluate("() => window.__app.featuresInView('story')") == 4

    judge_pair(page, "65000")
    assert "雙方確認後顯示聯絡人" in page.inner_text("#detail")
    assert ask(f"{page_url}leads/{lead_id}")["state"] == "unverified"
    judge_pair(page, "63000")
    contacts = page.inner_text("#detail .contacts")
    assert "missing 聯絡人" in contacts
    assert "found 聯絡人" in contacts
    kept = ask(f"{page_url}leads/{lead_id}")
    assert kept["state"] == "positive"
    assert [kept[one]["state"] for one in ("report", "other_report")] == ["closed"] * 2


def test_a_stolen_and_a_found_vehicle_meet_on_the_page(open_page, page_url):
    stolen = {
        "kind": "stolen-vehicle", "agency_id": "65000", "case_number": "65000-van",
        "event_from": (datetime.now(UTC) - timedelta(days=3)).isoformat(),
        "lng": 121.4478, "lat": 25.0352, "error_m": 50, "place": "新北市新莊區廟街",
        "text": "早上發現車不見", "synthetic": True,
        "vehicle": {"plate": "QXV-7316", "type": "van", "colour": "gold",
                    "make": "Volkswagen", "model": "T5", "marks": "左前保桿撞凹"},
    }  # fmt: skip
    found = stolen | {
        "kind": "found-vehicle", "agency_id": "63000", "case_number": "63000-van",
        "event_from": (datetime.now(UTC) - timedelta(days=2)).isoformat(),
        "lng": 121.5152, "lat": 25.1105, "place": "臺北市北投區石牌", "text": None,
        "vehicle": {"type": "van", "colour": "gold", "make": "volkswagen",
                    "model": "t5", "marks": "左前方保險桿凹陷"},
    }  # fmt: skip
    lost_id = send(f"{page_url}reports", stolen)["report"]["id"]
    raised = send(f"{page_url}reports", found)["leads"]
    leads = [ask(f"{page_url}leads/{one}") for one in raised]
    lead_id = next(one["id"] for one in leads if one["report"]["id"] == lost_id)

    page = open_page(f"{page_url}#kind=vehicle&lead={lead_id}", size=(1440, 900))
    page.wait_for_selector("#detail .waterfall")
    page.evaluate("() => window.__app.whenIdle()")
    rows = page.locator("#leads a[data-lead]")
    listed = ask(f"{page_url}leads?kind=vehicle")["leads"]
    assert rows.count() == len(listed)
    row = page.inner_text(f'#leads a[data-lead="{lead_id}"]')
    assert "失竊車 QXV-7316" in row
    assert "尋獲車 無車牌" in row
    told = page.inner_text("#detail")
    for words in ("左前方保險桿凹陷", "早上發現車不見", "失竊後 24 時 0 分尋獲"):
        assert words in told
    assert page.evaluate("() => window.__app.featuresInView('story')") == 4

    judge_pair(page, "65000", ("vehicle", "report"))
    assert ask(f"{page_url}leads/{lead_id}")["state"] == "unverified"
    judge_pair(page, "63000", ("vehicle", "report"))
    kept = ask(f"{page_url}leads/{lead_id}")
    assert kept["state"] == "positive"
    assert [kept[one]["state"] for one in ("report", "other_report")] == ["closed"] * 2


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
