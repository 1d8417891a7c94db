"""Pairs of reports on the page: stolen and found vehicles, one theft filed twice."""

from __future__ import annotations

import pytest

from tests.web.pair_page import PAYLOAD, idle, opened, told

pytestmark = pytest.mark.browser

NO_PLATE, HALF, UNKNOWN, HOSTILE = "V01", "V02", "V03", "V04"
VAN, CABLE, ONE_AGENCY = "I01", "I02", "I03"
KINDS = {"read": 40, "person": 5, "vehicle": 4, "incident": 3}
CAUTION = {
    NO_PLATE: "線索不是結論：核對車身與引擎號碼前不得據以處置",
    VAN: "線索不是結論：先比對再併案，勿計為連續案件",
}


def begin_to_judge(page) -> list[str]:
    """Choose 相符; return the words of the ticks that are asked for."""
    page.click('[data-verdict="positive"]')
    return page.locator(".judge .tick").all_inner_texts()


def judge(page, agency: str) -> dict:
    """Tick everything and send; return what was sent."""
    begin_to_judge(page)
    for tick in page.locator(".judge .tick input").all():
        tick.check()
    page.fill('[name="by"]', "王小明")
    page.select_option('[name="agency_id"]', agency)
    with page.expect_request(lambda asked: asked.method == "POST") as asked:
        page.click('.judge [type="submit"]')
    page.wait_for_selector(".judge .done")
    return asked.value.post_data_json


def test_a_row_says_which_vehicle_was_stolen_and_which_was_found(open_page, page_url):
    page = open_page(page_url)
    row = page.locator(f'#leads a[data-lead="{HALF}"]')
    text = row.inner_text()
    for words in (
        "失竊車 BKO-5826",
        "尋獲車 BKO-5B26",
        "藍・Volkswagen T5",
        "新竹縣 竹北市 → 桃園市 中壢區",
        "一方已確認",
        "+11.0 位元",
        "11/19 11:00",
    ):
        assert words in text
    assert row.locator("mark").all_text_contents() == ["8", "B"]
    without = page.inner_text(f'#leads a[data-lead="{NO_PLATE}"]')
    assert "失竊車 BKO-5826" in without
    assert "尋獲車 無車牌" in without
    nothing = page.inner_text(f'#leads a[data-lead="{UNKNOWN}"]')
    assert "車款、顏色不詳" in nothing
    assert "新竹縣 竹北市 → 地點不明" in nothing


def test_a_row_says_who_filed_one_theft_twice(open_page, page_url):
    page = open_page(page_url)
    row = page.locator(f'#leads a[data-lead="{VAN}"]')
    lines = [line.strip() for line in row.inner_text().splitlines()]
    for words in ("同一事件？", "先受理 新竹縣警局", "後受理 苗栗縣警局"):
        assert words in lines
    assert lines.index("先受理 新竹縣警局") < lines.index("後受理 苗栗縣警局")
    assert "10004-1150001-T" in lines
    assert "10005-1150001-T" in lines
    assert lines.count("BKO-5826・藍・Volkswagen T5") == 2
    assert "苗栗縣 頭份市" in lines
    cable = page.inner_text(f'#leads a[data-lead="{CABLE}"]')
    assert cable.count("工廠門口電線一捆遭竊") == 2
    assert "苗栗縣 頭份市 ↔ 地點不明" in cable


def test_every_kind_is_asked_of_the_service_and_kept_in_the_address(
    open_page, page_url
):
    page = open_page(page_url)
    options = page.locator('[name="kind"] option').all_inner_texts()
    assert options == ["全部", "車輛讀取", "人", "尋獲車", "重複受理"]
    assert "還不能顯示" not in page.inner_text("#list-count")
    for kind, count in KINDS.items():
        with page.expect_response(lambda answer: "leads?" in answer.url) as got:
            page.select_option('[name="kind"]', kind)
        assert f"kind={kind}" in got.value.url
        idle(page)
        assert f"kind={kind}" in page.url
        assert page.locator("#leads a").count() == count
    again = open_page(page.url)
    assert again.input_value('[name="kind"]') == "incident"
    assert again.text_content("#columns") == "先受理↔後受理"
    assert again.evaluate("() => window.__app.featuresInView('lead')") == 3


def test_more_of_one_kind_is_asked_of_the_service_too(open_page, page_url):
    page = open_page(page_url)
    asked = []

    def in_two_pages(route):
        asked.append(route.request.url)
        answer = route.fetch()
        body = answer.json() | {"next": None if "cursor" in asked[-1] else "2"}
        route.fulfill(response=answer, json=body)

    page.route("**/leads?*", in_two_pages)
    page.select_option('[name="kind"]', "incident")
    page.click("#list-foot button")
    idle(page)
    assert [("kind=incident" in one, "cursor=2" in one) for one in asked] == [
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("lead", "lng", "lat", "tip"),
    [
        (NO_PLATE, 121.16, 25.02, "失竊 BKO-5826 ↔ 尋獲 無車牌"),
        (
            VAN, 120.912, 24.688,
            "先受理 新竹縣政府警察局 10004-1150001-T ↔ "
            "後受理 苗栗縣政府警察局 10005-1150001-T",
        ),
    ],
)  # fmt: skip
def test_the_map_marks_a_pair_and_joins_its_places(
    open_page, page_url, lead, lng, lat, tip
):
    kind = "vehicle" if lead == NO_PLATE else "incident"
    page = open_page(f"{page_url}#kind={kind}&map=15/{lat}/{lng}")
    x, y = page.evaluate("place => window.__app.pixel(...place)", [lng, lat])
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_function("() => document.querySelector('.tip').textContent")
    assert f"未查證　{tip}\n" in page.text_content(".tip")
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_selector("#detail .waterfall")
    idle(page)
    assert page.evaluate("() => window.__app.state().open") == lead
    again = opened(open_page, page_url, lead)
    idle(again)
    # Both places, the line between them, and what is written on it.
    assert again.evaluate("() => window.__app.featuresInView('story')") == 4


@pytest.mark.parametrize("lead", [UNKNOWN, CABLE])
def test_a_pair_with_one_place_opens_all_the_same(open_page, page_url, lead):
    page = opened(open_page, page_url, lead)
    assert "距離不明（缺坐標）" in page.inner_text("#detail .facts")
    idle(page)
    assert page.evaluate("() => window.__app.featuresInView('story')") == 1


def test_the_map_says_each_kind_by_a_letter(open_page, page_url):
    page = open_page(f"{page_url}#lead={VAN}", size=(1440, 900))
    page.wait_for_selector("#detail .waterfall")
    legend = page.inner_text("#legend")
    for words in ("車輛讀取", "尋獲車", "重複受理", "先受理一案的地點"):
        assert words in legend
    letters = page.locator("#legend svg text").all_text_contents()
    assert letters == ["人", "車", "案", "✓"]


def test_both_vehicles_stand_side_by_side(open_page, page_url):
    page = opened(open_page, page_url, HALF)
    heads = page.locator("#detail .told-twice thead th").all_text_contents()
    assert heads == ["失竊報案人所述", "尋獲現場所見"]
    yes, no = "支持同一車輛", "反對同一車輛"
    assert told(page, "車牌") == ["BKO-5826", "BKO-5B26", yes]
    assert told(page, "車種") == ["廂型車", "廂型車", ""]
    assert told(page, "顏色") == ["藍", "藍", yes]
    assert told(page, "廠牌車款") == ["Volkswagen T5", "Volkswagen T5", yes]
    assert told(page, "特徵經過") == [
        "車身有廣告貼紙，左前方保桿撞凹\n下班後發現車不見",
        "車側貼公司廣告，左前保險桿凹陷",
        yes,
    ]
    assert told(page, "地點") == [
        "新竹縣 竹北市・工業區停車場", "桃園市 中壢區・河堤旁", no,
    ]  # fmt: skip
    assert "未結案" in told(page, "案件")[1]
    text = page.inner_text("#detail")
    assert "同一車輛的機率" in text
    assert "失竊後 2 日 0 時尋獲" in text
    assert "尋獲地：本局尋獲之車輛" in text
    for of_others in ("聯絡人", "攔查", "同一人", "受理時間"):
        assert of_others not in text
    assert "無車牌" in told(opened(open_page, page_url, NO_PLATE), "車牌")[1]


def test_two_reports_of_one_theft_stand_in_the_order_they_were_filed(
    open_page, page_url
):
    page = opened(open_page, page_url, VAN)
    heads = page.locator("#detail .told-twice thead th").all_text_contents()
    assert heads == ["先受理", "後受理"]
    assert told(page, "類別") == ["車輛失竊", "車輛失竊", ""]
    first, second, _ = told(page, "受理時間")
    assert first == "2026/11/17（二）09:00:00"
    assert second == "2026/11/18（三）06:00:00"
    assert "新竹縣政府警察局" in told(page, "案件")[0]
    # What was compared has changed sides with its report.
    place = page.locator(".comparisons tbody tr", has_text="直線").locator("bdi")
    assert place.all_inner_texts() == ["苗栗縣頭份市；直線 0.2 公里", "苗栗縣頭份市"]
    between = page.inner_text("#detail .facts")
    assert "案發相隔 1 時 0 分" in between
    text = page.inner_text("#detail")
    assert "同一事件的機率" in text
    assert "案主" not in text
    assert "聯絡人" not in text
    cable = opened(open_page, page_url, CABLE)
    assert "工廠門口電線一捆遭竊，鐵門被剪開" in told(cable, "特徵經過")[0]
    assert cable.locator("#detail .told-twice th", has_text="車牌").count() == 0


@pytest.mark.parametrize("lead", CAUTION)
def test_a_pair_is_a_lead_and_never_a_verdict(open_page, page_url, lead):
    page = opened(open_page, page_url, lead)
    assert page.text_content("#detail-title") == f"線索（未查證）— {CAUTION[lead]}"


def test_both_agencies_confirm_a_vehicle_by_its_body_and_both_cases(
    open_page, page_url
):
    page = opened(open_page, page_url, NO_PLATE)
    sides = page.inner_text(".judge .sides")
    assert "雙方單位都判為相符，才算確認並結案" in sides
    assert begin_to_judge(page) == ["車身", "案件內容"]
    page.fill('[name="by"]', "王小明")
    page.check('.judge [value="vehicle"]')
    page.click('.judge [type="submit"]')
    error = page.inner_text(".judge .field-error")
    assert error == "判為相符前，請先比對車身、案件內容，並勾選兩項。"
    offered = page.locator('[name="agency_id"] option').all_inner_texts()
    assert offered == ["請選擇", "新竹縣政府警察局", "桃園市政府警察局"]
    assert judge(page, "A10004")["compared"] == ["vehicle", "report"]
    assert page.inner_text("#detail-title").startswith("線索（未查證，一方已確認）")
    page.click('[data-verdict="positive"]')
    assert page.locator(".judge .done").count() == 0, "what is not sent yet is not kept"
    judge(page, "A68000")
    assert page.inner_text("#detail-title").startswith("線索（相符）")
    assert "已結案" in told(page, "案件")[0]


def test_both_agencies_confirm_one_incident_and_both_cases_stay_open(
    open_page, page_url
):
    page = opened(open_page, page_url, VAN)
    assert begin_to_judge(page) == ["案件內容"]
    page.click('.judge [type="submit"]')
    error = page.inner_text(".judge .field-error")
    assert error == "判為相符前，請先比對案件內容，並勾選。"
    assert judge(page, "A10004")["compared"] == ["report"]
    judged = [one.split() for one in page.locator(".judge .sides li").all_inner_texts()]
    assert judged == [
        ["先受理", "新竹縣政府警察局", "✓", "已判相符"],
        ["後受理", "苗栗縣政府警察局", "尚未查證"],
    ]
    judge(page, "A10005")
    assert page.inner_text("#detail-title").startswith("線索（相符）")
    assert "未結案" in told(page, "案件")[0]
    assert "兩案都不結案" in page.inner_text(".judge .sides")


def test_one_agency_that_filed_a_theft_twice_confirms_alone(open_page, page_url):
    page = opened(open_page, page_url, ONE_AGENCY)
    assert "案發時段重疊" in page.inner_text("#detail .facts")
    sides = page.inner_text(".judge .sides")
    assert "該單位判為相符即確認為同一事件，兩案都不結案" in sides
    begin_to_judge(page)
    offered = page.locator('[name="agency_id"] option').all_inner_texts()
    assert offered == ["苗栗縣政府警察局"]


def test_what_others_wrote_of_vehicles_is_shown_literally(open_page, page_url):
    page = opened(open_page, page_url, HOSTILE)
    row = page.text_content(f'#leads a[data-lead="{HOSTILE}"]')
    assert row.count(PAYLOAD) >= 4
    assert page.text_content("#detail .told-twice tbody").count(PAYLOAD) >= 10
    assert page.locator("#detail img, #leads img").count() == 0
    assert page.evaluate("() => window.pwned") is None


@pytest.mark.parametrize(
    ("lead", "dark", "size"),
    [(HALF, False, (1440, 900)), (VAN, True, (420, 860))],
    ids=["vehicle-light-wide", "incident-dark-narrow"],
)
def test_axe_finds_no_fault_with_a_pair(
    open_page, page_url, require_accessible, lead, dark, size
):
    page = opened(open_page, page_url, lead, dark=dark, size=size)
    begin_to_judge(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    require_accessible(page)
