"""The page, in a browser without a GPU: asserted on text, state and requests."""

from __future__ import annotations

import pyproj
import pytest

pytestmark = pytest.mark.browser

NEWEST, SHOWPIECE, HOSTILE = "L0039", "L0040", "L0001"
PAYLOAD = '<img src=x onerror="window.pwned=1">'


def idle(page) -> None:
    page.evaluate("() => window.__app.whenIdle()")


def select(page, lead: str) -> None:
    page.click(f'#leads a[data-lead="{lead}"]')
    page.wait_for_selector("#detail .waterfall")
    idle(page)


def test_the_list_shows_the_leads_newest_first(open_page, page_url):
    page = open_page(page_url)
    times = page.eval_on_selector_all(
        "#leads time", "rows => rows.map(row => row.dateTime)"
    )
    assert len(times) == 52
    assert times == sorted(times, reverse=True)
    assert page.inner_text("#list-count") == "顯示 52 筆"
    # One lead, a pair of reports, has no place.
    assert page.evaluate("() => window.__app.featuresInView('lead')") == 50


def test_the_page_says_that_data_are_invented_and_that_nobody_logs_in(
    open_page, page_url
):
    page = open_page(page_url)
    notice = page.inner_text(".notice")
    assert "示範資料：人與車牌皆為虛構" in notice
    assert "僅限本機 127.0.0.1；尚無登入，請勿放入真實個資" in notice


def test_characters_that_differ_are_marked_in_both_plates(open_page, page_url):
    page = open_page(page_url)
    marks = page.eval_on_selector_all(
        f'#leads a[data-lead="{SHOWPIECE}"] .plate',
        """plates => plates.map(
            plate => [...plate.querySelectorAll('mark')].map(m => m.textContent))""",
    )
    assert marks == [["O", "B"], ["D", "8"]]


def test_the_bars_of_the_waterfall_sum_to_the_total(open_page, page_url):
    page = open_page(page_url)
    select(page, SHOWPIECE)
    bars = page.eval_on_selector_all(
        "#detail .waterfall .bar",
        "bars => bars.map(b => [b.dataset.kind, Number(b.dataset.bits)])",
    )
    total = next(bits for kind, bits in bars if kind == "total")
    assert sum(bits for kind, bits in bars if kind != "total") == pytest.approx(
        total, abs=0.01
    )
    titles = page.eval_on_selector_all(
        "#detail .waterfall title", "all => all.map(t => t.textContent)"
    )
    assert "廠牌：無資料可比，0 位元" in titles


def test_a_lead_never_says_stop_before_a_person_has_compared(open_page, page_url):
    page = open_page(page_url)
    select(page, SHOWPIECE)
    title = page.text_content("#detail-title")
    assert title == "線索（未查證）— 攔查前須由人員比對車牌、車輛與清單"


def test_the_address_holds_lead_filters_and_view(open_page, page_url):
    page = open_page(page_url)
    page.select_option('[name="county"]', "10007")
    select(page, SHOWPIECE)
    assert f"lead={SHOWPIECE}" in page.url
    again = open_page(page.url)
    before, after = (
        one.evaluate("() => window.__app.state()") for one in (page, again)
    )
    assert after["open"] == SHOWPIECE
    assert after["leads"] == before["leads"]
    assert len(after["leads"]) < 52
    assert after["view"]["zoom"] == pytest.approx(before["view"]["zoom"], abs=0.01)
    page.go_back()
    page.wait_for_selector("#detail", state="hidden")


def test_the_way_of_telling_is_asked_of_the_service(open_page, page_url):
    page = open_page(page_url)
    with page.expect_request("**/leads?*") as asked:
        page.select_option('[name="level"]', "advice")
    assert "level=advice" in asked.value.url
    idle(page)
    told = page.eval_on_selector_all(
        "#leads a", "rows => rows.map(row => row.querySelector('.tag').textContent)"
    )
    assert set(told) == {"僅供參考"}


def test_the_list_is_walked_with_the_keyboard(open_page, page_url):
    page = open_page(page_url)
    page.focus('#leads a[tabindex="0"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail .waterfall")
    second = page.locator("#leads a").nth(1)
    assert second.get_attribute("aria-current") == "true"
    assert page.evaluate("() => window.__app.state().open") == second.get_attribute(
        "data-lead"
    )
    page.wait_for_function("() => document.activeElement.id === 'detail-title'")
    page.keyboard.press("Escape")
    assert page.is_hidden("#detail")
    assert page.evaluate(
        "() => document.activeElement.dataset.lead"
    ) == second.get_attribute("data-lead")


def test_what_others_wrote_is_shown_literally(open_page, page_url):
    page = open_page(f"{page_url}#lead={HOSTILE}")
    page.hover(f'#leads a[data-lead="{HOSTILE}"]')
    assert PAYLOAD in page.text_content(f'#leads a[data-lead="{HOSTILE}"]')
    assert page.text_content("#detail").count(PAYLOAD) >= 7
    assert page.locator("#detail img, #leads img").count() == 0
    assert page.evaluate("() => window.pwned") is None


def test_no_match_is_sent_before_all_three_are_ticked(open_page, page_url):
    page = open_page(f"{page_url}#lead={SHOWPIECE}")
    sent = []
    page.on(
        "request",
        lambda asked: asked.method == "POST" and sent.append(asked.post_data_json),
    )
    page.click('[data-verdict="positive"]')
    page.fill('[name="by"]', "王小明")
    for ticked in ("plate", "vehicle"):
        page.check(f'.judge [value="{ticked}"]')
    page.click('.judge [type="submit"]')
    assert "勾選三項" in page.inner_text(".judge .field-error")
    assert sent == []


def test_a_lead_of_several_reads_lists_them(open_page, page_url):
    page = open_page(f"{page_url}#lead={SHOWPIECE}")
    page.wait_for_selector("#detail .told")
    reads = page.inner_text("#detail .told >> nth=0")
    assert reads.count("BKO-5B26") == 2
    assert "依此讀取" in reads


def test_a_judgement_is_sent_whole_and_shown(open_page, page_url):
    page = open_page(f"{page_url}#lead={SHOWPIECE}")
    page.click('[data-verdict="positive"]')
    for ticked in ("plate", "vehicle", "list"):
        page.check(f'.judge [value="{ticked}"]')
    page.fill('[name="by"]', "王小明")
    page.fill('[name="comment"]', PAYLOAD)
    with page.expect_request(lambda asked: asked.method == "POST") as asked:
        page.click('.judge [type="submit"]')
    assert asked.value.url == f"{page_url}leads/{SHOWPIECE}/judgement"
    assert asked.value.post_data_json == {
        "verdict": "positive",
        "by": "王小明",
        "agency_id": "A10018",
        "comment": PAYLOAD,
        "compared": ["plate", "vehicle", "list"],
    }
    page.wait_for_selector(".judge .done")
    assert page.inner_text("#detail-title").startswith("線索（相符）")
    assert page.inner_text(f'#leads a[data-lead="{SHOWPIECE}"] .chip') == "相符"
    assert "王小明" in page.inner_text("#detail .told >> nth=-1")


def test_a_place_is_located_and_marked(open_page, page_url):
    page = open_page(page_url)
    page.fill("#place", "120.95，24.80")
    page.keyboard.press("Enter")
    page.wait_for_selector("#located:not([hidden])")
    assert "新竹市 東區" in page.inner_text("#located")
    assert page.locator("#located li").count() == 3
    page.fill("#place", "新竹")
    page.keyboard.press("Enter")
    assert page.get_attribute("#place", "aria-invalid") == "true"
    assert "經度,緯度" in page.inner_text("#place-error")


def test_layers_are_switched_and_counted(open_page, page_url):
    page = open_page(f"{page_url}#map=8/24.5/121", size=(1440, 900))
    assert page.evaluate("() => window.__app.featuresInView('atm')") == 0
    page.check('#legend [value="atm"]')
    idle(page)
    assert page.evaluate("() => window.__app.featuresInView('atm')") == 160
    assert "layers=camera,atm" in page.url


def test_coordinates_under_the_pointer_are_those_of_the_survey(open_page, page_url):
    page = open_page(page_url)
    places = [(121.5645, 25.0337), (120.2, 22.6), (121.6, 24.0), (118.32, 24.44)]
    ours = page.evaluate(
        """async (places) => {
            const {twd97} = await import('/web/map/twd97.js');
            return places.map(place => twd97(...place));
        }""",
        [list(place) for place in places],
    )
    for place, found in zip(places, ours, strict=True):
        to = pyproj.Transformer.from_crs(
            4326, 3826 if found["zone"] == 121 else 3825, always_xy=True
        )
        assert (found["east"], found["north"]) == pytest.approx(
            to.transform(*place), abs=0.002
        )
    x, y = page.evaluate("() => window.__app.pixel(121.0, 24.8)")
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    assert "WGS84 12" in page.inner_text("#coordinates")
    assert "TWD97 2" in page.inner_text("#coordinates")


def test_no_leads_is_said_in_words(empty_url, open_page):
    page = open_page(empty_url)
    assert "沒有符合的線索" in page.inner_text("#leads")


def test_a_failure_is_said_in_words_and_can_be_tried_again(open_page, page_url):
    page = open_page(page_url)
    page.route(
        "**/leads?*",
        lambda route: route.fulfill(
            status=503,
            content_type="application/problem+json",
            body='{"title": "資料庫忙碌", "detail": "稍後再試"}',
        ),
    )
    page.select_option('[name="state"]', "unverified")
    page.wait_for_selector("#leads .bad")
    assert "資料庫忙碌：稍後再試" in page.inner_text("#leads")
    page.unroute("**/leads?*")
    page.click("#leads .bad button")
    page.wait_for_selector("#leads .lead")
    assert [one for one in open_page.faults if "503" not in one] == []
    open_page.faults.clear()


def test_a_narrow_window_gets_a_sheet_under_the_map(open_page, page_url):
    page = open_page(page_url, size=(800, 900))
    map_box, sheet = (
        page.locator(one).bounding_box() for one in ("#map", "#list-panel")
    )
    assert sheet["width"] == 800
    assert sheet["y"] > map_box["y"] + 150
    select(page, SHOWPIECE)
    assert page.is_hidden("#list-panel")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 800


@pytest.mark.parametrize("size", [(1440, 900), (800, 900)], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_fault(open_page, page_url, require_accessible, dark, size):
    page = open_page(f"{page_url}#lead={SHOWPIECE}", dark=dark, size=size)
    page.click('[data-verdict="positive"]')
    page.fill("#place", "120.95,24.80")
    page.keyboard.press("Enter")
    page.wait_for_selector("#located:not([hidden])")
    require_accessible(page)
