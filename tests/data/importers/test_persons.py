"""Persons in rows of reports."""

from datetime import date

import pytest

from data.records import Contact, Person, ReportKind

COLUMNS = (
    "案號,通報類別,發生時間,受理單位,發生地點,姓名,性別,年齡,出生日期,身高,體型,"
    "衣著,特徵,失智,聯絡人,聯絡電話,關係\n"
)


def parsed(parse, *rows):
    return parse("reports", (COLUMNS + "\n".join(rows) + "\n").encode())


def row(**told):
    fields = {
        "number": "65000-1", "kind": "失蹤", "at": "2026-02-23T16:00:00+08:00",
        "agency": "新北市", "place": "新北市新莊區廟街", "name": "黃秀琴", "sex": "女",
        "age": "", "born": "", "height": "", "build": "", "clothing": "紅色外套",
        "marks": "", "dementia": "", "contact": "", "phone": "", "relation": "",
    } | told  # fmt: skip
    return ",".join(fields.values())


def test_a_missing_person_is_read_in_full(parse):
    (report,) = parsed(
        parse,
        row(
            born="39.11.20",
            height="152 公分",
            build="瘦小",
            marks="左手玉鐲",
            dementia="是",
            contact="黃大明",
            phone="0900-000-001",
            relation="長子",
        ),
    ).records
    assert report.kind is ReportKind.MISSING_PERSON
    assert report.person == Person(
        name="黃秀琴", sex="female", birth_date=date(1950, 11, 20), height_cm=152.0,
        build="thin", clothing="紅色外套", marks="左手玉鐲", dementia=True,
    )  # fmt: skip
    assert report.contact == Contact("黃大明", "0900-000-001", "長子")


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("75", (75, 75)),
        ("約75歲", (75, 75)),
        ("70-80", (70, 80)),
        ("７０～８０歲", (70, 80)),
        ("80-70", (None, None)),
        ("高齡", (None, None)),
        ("200", (None, None)),
    ],
)
def test_an_age_is_read_as_people_write_it(parse, text, ages):
    (report,) = parsed(parse, row(kind="身分不明", age=text)).records
    assert report.kind is ReportKind.FOUND_PERSON
    assert (report.person.age_from, report.person.age_to) == ages


def test_a_word_that_is_not_ours_is_not_compared_with(parse):
    told = row(sex="不詳", build="奇特", height="9999")
    (report,) = parsed(parse, told).records
    assert report.person == Person(name="黃秀琴", clothing="紅色外套")


def test_a_contact_needs_a_number(parse):
    found = parsed(parse, row(contact="黃大明"))
    assert [one.code for one in found.refused] == ["no-phone"]
