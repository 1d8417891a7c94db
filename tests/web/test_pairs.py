"""Pairs of reports on the page: a missing and a found person who may be one."""

from __future__ import annotations

import pytest

from tests.web.pair_page import PAYLOAD, idle, opened, told

pytestmark = pytest.mark.browser

HER, HALF, UNKNOWN, HOSTILE, ONE_AGENCY = "P01", "P02", "P03", "P04", "P05"
FOUND_AT = (121.22, 25.0)
MARKS = """names => names.map(
    name => [...name.querySelectorAll('mark')].map(m => m.textContent))"""


def judge(page, agency: str, verdict: str = "positive") -> dict:
    """Judge the open pair for an agency; return what was sent."""
    page.click(f'[data-verdict="{verdict}"]')
    for ticked in ("identity", "appearance", "report"):
        page.check(f'.judge [value="{ticked}"]')
    page.fill('[name="by"]', "王小明")
    page.select_option('[name="agency_id"]', agency)
    with page.expect_request(lambda asked: asked.method == "POST") as asked:
        page.click('.judge [type="submit"]')
    page.wait_for_selector(".judge .done")
    return asked.value.post_data_json


def test_a_row_says_who_is_missing_and_who_was_found(open_page, page_url):
    page = open_page(page_url)
    row = page.locator(f'#leads a[data-lead="{HER}"]')
    text = row.inner_text()
    for words in (
        "未查證",
        "失蹤 黃秀琴",
        "女・75 歲",
        "尋獲 王秀勤?",
        "女・70–80 歲",
        "新北市 板橋區 → 桃園市 中壢區",
        "87 %",
        "+2.7 位元",
        "11/20 15:30",
    ):
        assert words in text
    assert row.locator("time").get_attribute("datetime") == "2026-11-20T07:30:00Z"
    marked = page.eval_on_selector_all(f'[data-lead="{HER}"] .name', MARKS)
    assert marked == [["黃", "琴"], ["王", "勤", "?"]]
    unknown = page.inner_text(f'#leads a[data-lead="{UNKNOWN}"]')
    assert unknown.count("姓名不詳") == 2
    assert "地點不明 → 地點不明" in unknown
    assert "一方已確認" not in text
    assert "一方已確認" in page.inner_text(f'#leads a[data-lead="{HALF}"]')


@pytest.mark.parametrize(
    ("shown", "other", "marked"),
    [
        ("林黃秀琴", "黃秀琴", ["林"]),
        ("黃秀琴", "林黃秀琴", []),
        ("Huang Hsiu-chin", "黃秀琴", []),
        ("Chen Mei", "Chen Mai", ["e"]),
        ("黃秀琴", None, []),
    ],
)
def test_only_what_differs_in_names_alike_is_marked(
    open_page, page_url, shown, other, marked
):
    page = open_page(page_url)
    text, marks = page.evaluate(
        """async ([shown, other]) => {
            const {markedName} = await import('/web/panels/names.js');
            const box = document.createElement('p');
            box.append(...markedName({name: shown}, {name: other}));
            const marks = [...box.querySelectorAll('mark')];
            return [box.textContent, marks.map(one => one.textContent)];
        }""",
        [shown, other],
    )
    assert text == shown
    assert marks == marked


def test_an_age_is_said_as_it_is_known_on_the_day_in_taipei(open_page, page_url):
    page = open_page(page_url)
    cases = [
        ("2026-11-19T15:59:00Z", "1950-11-20", None, None, "75 歲"),
        ("2026-11-19T16:01:00Z", "1950-11-20", None, None, "76 歲"),
        ("2026-11-19T16:01:00Z", None, 70, 80, "70–80 歲"),
        ("2026-11-19T16:01:00Z", None, 0, 0, "0 歲"),
        ("2026-11-19T16:01:00Z", None, 70, None, "70 歲以上"),
        ("2026-11-19T16:01:00Z", None, None, 12, "12 歲以下"),
        ("2026-11-19T16:01:00Z", None, None, None, ""),
    ]
    said = page.evaluate(
        """async (cases) => {
            const {age} = await import('/web/people.js');
            return cases.map(([event_from, birth_date, age_from, age_to]) =>
                age({event_from, person: {birth_date, age_from, age_to}}));
        }""",
        [list(case[:4]) for case in cases],
    )
    assert said == [case[4] for case in cases]


def test_the_list_is_sifted_by_kind(open_page, page_url):
    page = open_page(page_url)
    page.select_option('[name="kind"]', "person")
    page.wait_for_function("() => document.querySelectorAll('#leads a').length === 5")
    idle(page)
    assert page.text_content("#columns") == "失蹤↔尋獲"
    assert page.evaluate("() => window.__app.featuresInView('lead')") == 4
    again = open_page(page.url)
    assert again.input_value('[name="kind"]') == "person"
    assert len(again.evaluate("() => window.__app.state().leads")) == 5
    again.select_option('[name="kind"]', "read")
    again.wait_for_function("() => document.querySelectorAll('#leads a').length === 40")
    assert again.text_content("#columns") == "辨識原文↔失竊車牌"


def test_the_map_marks_where_somebody_was_found(open_page, page_url):
    page = open_page(f"{page_url}#kind=person&map=13/{FOUND_AT[1]}/{FOUND_AT[0]}")
    x, y = page.evaluate("place => window.__app.pixel(...place)", list(FOUND_AT))
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_function("() => document.querySelector('.tip').textContent")
    tip = page.text_content(".tip")
    assert "未查證　失蹤 黃秀琴 ↔ 尋獲 王秀勤?" in tip
    assert "2026/11/20（五）15:30:00" in tip
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_selector("#detail .waterfall")
    idle(page)
    assert page.evaluate("() => window.__app.state().open") == HER
    # Last seen, found, the line between them, and what is written on it.
    assert page.evaluate("() => window.__app.featuresInView('story')") == 4


def test_a_pair_without_places_opens_all_the_same(open_page, page_url):
    page = opened(open_page, page_url, UNKNOWN)
    assert page.evaluate("() => window.__app.featuresInView('story')") == 0
    assert "距離不明（缺坐標），相隔 6 日 0 時" in page.inner_text("#detail .facts")
    assert told(page, "姓名")[:2] == ["姓名不詳", "姓名不詳"]


def test_a_pair_of_an_unknown_kind_is_counted_and_spoils_nothing(open_page, page_url):
    def without_persons(route):
        answer = route.fetch()
        body = answer.json()
        for lead in body.get("leads", [body]):
            if lead["id"] == HER:
                lead["kind"] = "a-kind-to-come"
        route.fulfill(response=answer, json=body)

    page = open_page(page_url)
    page.route("**/leads*", without_persons)
    page.route(f"**/leads/{HER}", without_persons)
    page.select_option('[name="state"]', "unverified")
    page.wait_for_function(
        "() => document.getElementById('list-count').textContent.includes('另有 1 筆')"
    )
    assert page.locator(f'#leads a[data-lead="{HALF}"]').count() == 1
    page.evaluate(f"() => {{ location.hash = '#lead={HER}'; }}")
    page.wait_for_selector("#detail .words")
    page.wait_for_function(
        "() => document.getElementById('detail').innerText.includes('還不能顯示')"
    )


def test_both_reports_stand_side_by_side(open_page, page_url):
    page = opened(open_page, page_url, HER)
    heads = page.locator("#detail .told-twice thead th").all_text_contents()
    assert heads == ["失蹤家屬所述", "尋獲現場所見"]
    yes, no = "支持同一人", "反對同一人"
    assert told(page, "姓名") == ["黃秀琴", "王秀勤?", yes]
    assert told(page, "年齡") == ["75 歲，生於 1950/11/20", "70–80 歲", yes]
    assert told(page, "身高") == ["155 公分", "未提供", ""]
    assert told(page, "衣著") == ["紅色外套", "暗紅色夾克、黑色長褲", yes]
    assert told(page, "特徵") == ["左手背有燙傷疤痕", "只會講台語，未帶證件", no]
    assert told(page, "健康") == ["失智", "未提供", ""]
    assert told(page, "地點")[2] == no
    assert "桃園市政府警察局・68000-1150001-F・未結案" in told(page, "案件")[1]
    between = page.inner_text("#detail .facts")
    assert "直線 32.5 km，相隔 6 日 0 時" in between
    assert "2026/11/20（五）15:30:00" in between


def test_a_pair_is_explained_as_a_read_is(open_page, page_url):
    page = opened(open_page, page_url, HER)
    bars = page.eval_on_selector_all(
        "#detail .waterfall .bar",
        "bars => bars.map(b => [b.dataset.kind, Number(b.dataset.bits)])",
    )
    total = next(bits for kind, bits in bars if kind == "total")
    steps = [bits for kind, bits in bars if kind != "total"]
    assert len(steps) == 11
    assert sum(steps) == pytest.approx(total, abs=0.01)
    titles = page.eval_on_selector_all(
        "#detail .waterfall title", "all => all.map(t => t.textContent)"
    )
    assert "比對之前：任一尋獲者恰為此人 −11.0 位元" in titles
    assert "出生日期：只知年齡，0 位元" in titles
    text = page.inner_text("#detail")
    assert "同一人的機率" in text
    assert "尋獲地：本局受理之身分不明者" in text
    for of_vehicles in ("車牌", "攔查", "讀取"):
        assert of_vehicles not in text


def test_a_pair_is_a_lead_and_never_a_verdict(open_page, page_url):
    page = opened(open_page, page_url, HER)
    assert page.text_content("#detail-title") == (
        "線索（未查證）— 線索不是結論：通知家屬前須由人員比對身分、外觀特徵與案件內容"
    )


def test_both_agencies_confirm_before_contacts_are_shown(open_page, page_url):
    page = opened(open_page, page_url, HER)
    assert "雙方確認後顯示聯絡人" in page.inner_text("#detail")
    assert "已判相符" not in page.inner_text(".judge .sides")
    assert judge(page, "A65000") == {
        "verdict": "positive",
        "by": "王小明",
        "agency_id": "A65000",
        "comment": "",
        "compared": ["identity", "appearance", "report"],
    }
    assert page.inner_text("#detail-title").startswith("線索（未查證，一方已確認）")
    sides = page.locator(".judge .sides li").all_inner_texts()
    assert [one.split() for one in sides] == [
        ["失蹤", "新北市政府警察局", "✓", "已判相符"],
        ["尋獲", "桃園市政府警察局", "尚未查證"],
    ]
    text = page.inner_text("#detail")
    assert "雙方確認後顯示聯絡人" in text
    assert "黃大明" not in text
    assert "一方已確認" in page.inner_text(f'#leads a[data-lead="{HER}"]')

    assert judge(page, "A68000")["agency_id"] == "A68000"
    assert page.inner_text("#detail-title").startswith("線索（相符）")
    contacts = page.inner_text("#detail .contacts")
    assert "黃大明（長子）" in contacts
    assert "0900-000-001" in contacts
    assert "派出所值班" in contacts
    assert "雙方確認後顯示聯絡人" not in page.inner_text("#detail")
    assert "已結案" in told(page, "案件")[0]


def test_only_the_two_agencies_may_judge_and_one_must_be_chosen(open_page, page_url):
    page = opened(open_page, page_url, HALF)
    sent = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked))
    page.click('[data-verdict="positive"]')
    offered = page.locator('[name="agency_id"] option').all_inner_texts()
    assert offered == ["請選擇", "新北市政府警察局", "桃園市政府警察局"]
    ticks = page.eval_on_selector_all(
        '.judge [name="compared"]', "all => all.map(one => one.value)"
    )
    assert ticks == ["identity", "appearance", "report"]
    page.fill('[name="by"]', "王小明")
    page.click('.judge [type="submit"]')
    assert "比對身分、外觀特徵、案件內容" in page.inner_text(".judge .field-error")
    for ticked in ticks:
        page.check(f'.judge [value="{ticked}"]')
    page.click('.judge [type="submit"]')
    assert page.inner_text(".judge .field-error") == "請選所屬單位。"
    assert sent == []


def test_one_agency_with_both_reports_confirms_alone(open_page, page_url):
    page = opened(open_page, page_url, ONE_AGENCY)
    assert "同一單位" in page.inner_text(".judge .sides")
    page.click('[data-verdict="negative"]')
    offered = page.locator('[name="agency_id"] option').all_inner_texts()
    assert offered == ["新北市政府警察局"]


def test_what_others_wrote_of_persons_is_shown_literally(open_page, page_url):
    page = opened(open_page, page_url, HOSTILE)
    assert page.text_content(f'#leads a[data-lead="{HOSTILE}"]').count(PAYLOAD) == 2
    assert page.text_content("#detail .contacts").count(PAYLOAD) == 3
    assert page.text_content("#detail .told-twice tbody").count(PAYLOAD) >= 6
    assert page.locator("#detail img, #leads img").count() == 0
    assert page.evaluate("() => window.pwned") is None


@pytest.mark.parametrize(
    ("dark", "size"),
    [(False, (1440, 900)), (True, (420, 860))],
    ids=["light-wide", "dark-narrow"],
)
def test_axe_finds_no_fault_with_a_pair(
    open_page, page_url, require_accessible, dark, size
):
    page = opened(open_page, page_url, HALF, dark=dark, size=size)
    page.click('[data-verdict="positive"]')
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    require_accessible(page)
