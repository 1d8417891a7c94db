"""Invented leads of a stolen and a found vehicle, and of one theft filed twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mock_data import AGENCIES, NAMED, PAYLOAD, TOWNS, comparison, iso
from mock_pairs import added_up, lead, said

STOLEN = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
NOTHING = dict.fromkeys(("plate", "type", "colour", "make", "model", "marks"))
VAN = {
    "plate": "BKO-5826", "type": "van", "colour": "blue", "make": "Volkswagen",
    "model": "T5", "marks": "車身有廣告貼紙，左前方保桿撞凹",
}  # fmt: skip
FOUND = {
    "type": "van", "colour": "blue", "make": "Volkswagen", "model": "T5",
    "marks": "車側貼公司廣告，左前保險桿凹陷",
}  # fmt: skip
SPOTS = {"10005": (120.902, 24.688), "10004": (121.2, 24.85), "68000": (121.15, 25.02)}
NOWHERE = {"lng": None, "lat": None, "county": None, "town": None, "place": None}


def report(number: int, kind: str, code: str, at: datetime, **told) -> dict:
    """A report of a theft or of a vehicle, in the shape of the interface."""
    lng, lat = SPOTS[code]
    return {
        "id": f"{kind}-{code}-{number}",
        "kind": kind,
        "state": "open",
        "version": 1,
        "agency": AGENCIES[code],
        "case_number": f"{code}-115{number:04d}-T",
        "category": "theft",
        "reported_at": iso(at + timedelta(hours=3)),
        "event_from": iso(at),
        "event_to": iso(at + timedelta(hours=1)),
        "place": "工業區停車場",
        "lng": lng + number / 100,
        "lat": lat,
        "error_m": 50.0,
        "county": NAMED[code],
        "town": {"code": f"{code}01", "name": TOWNS[code]},
        "vehicle": NOTHING | VAN,
        "person": None,
        "text": None,
        "has_contact": False,
        "synthetic": True,
        "closed_reason": None,
    } | told


def weighed(row: tuple[dict, dict], plate: tuple[str, float]) -> list[dict]:
    """The comparisons of two vehicles, with what the plates say."""
    here, there = (one["vehicle"] or NOTHING for one in row)
    marks = ("4", "特徵描述相近", 5.2), (here["marks"], there["marks"])
    return [
        comparison("plate", "車牌", ("1", *plate), (here["plate"], there["plate"])),
        comparison(
            "model",
            "廠牌車款",
            ("1", "廠牌車款相同", 8.4),
            ("volkswagen t5", "volkswagen t5"),
        ),
        comparison("type", "車種", ("2", "車款相同，已計", 0.0), ("廂型車", "廂型車")),
        comparison("colour", "顏色", ("3", "顏色相同", 2.1), ("藍", "藍")),
        comparison(
            "place",
            "地點",
            ("4", "相距 40 公里以內", -0.6),
            ("新竹縣竹北市", "桃園市中壢區；直線 20.3 公里"),
        ),
        comparison(
            "time",
            "時間",
            ("2", "失竊後一週內尋獲", 1.4),
            ("2026-11-17 02:00", "2026-11-19 02:00；2.0 日後"),
        ),
        comparison("description", "特徵與經過", *marks),
    ]


def vehicle(number: int, lost: dict, here: dict, plate: tuple[str, float]) -> dict:
    told = added_up("vehicle 1a2b3c4d5e6f", -13.0, weighed((lost, here), plate))
    reasons = ("案主：本局受理之失竊車輛", "尋獲地：本局尋獲之車輛")
    return lead("vehicle", number, (lost, here), told, reasons)


def incident(number: int, one: dict, other: dict) -> dict:
    rows = weighed((one, other), ("車牌相同", 14.0))
    for row in rows:
        if row["name"] in ("place", "time"):
            near = row["name"] == "place"
            row["level_label"] = "相距 150 公尺以內" if near else "相隔 3 小時以內"
            sides = ("苗栗縣頭份市", "苗栗縣頭份市；直線 0.2 公里")
            row |= {"bits": 5.0, "left": sides[0], "right": sides[1]} if near else {}
    if not one["vehicle"]:
        rows = [row for row in rows if row["name"] in ("place", "time", "description")]
    told = added_up("incident 9f8e7d6c5b4a", -14.0, rows)
    reasons = ("重複受理：本案可能與他案為同一事件",) * 2
    return lead("incident", number, (one, other), told, reasons)


def vehicles() -> list[dict]:
    """Without a plate; half confirmed; nothing known; hostile."""
    made = []
    for number in range(1, 5):
        at = STOLEN + timedelta(hours=3 * number)
        lost = report(number, "stolen-vehicle", "10004", at, text="下班後發現車不見")
        here = report(
            number, "found-vehicle", "68000", at + timedelta(days=2),
            vehicle=NOTHING | FOUND, place="河堤旁",
        )  # fmt: skip
        plate = ("無資料可比", 0.0)
        if number == 2:
            here["vehicle"] |= {"plate": "BKO-5B26"}
            plate = ("一字之差", 7.5)
        if number == 3:
            here |= NOWHERE | {"vehicle": NOTHING}
        if number == 4:
            for one in (lost, here):
                one |= {"place": PAYLOAD, "case_number": PAYLOAD, "text": PAYLOAD}
                words = ("plate", "make", "model", "marks")
                one["vehicle"] = one["vehicle"] | dict.fromkeys(words, PAYLOAD)
        made.append(vehicle(number, lost, here, plate))
    made[1]["judgements"] = [said(made[1], "report")]
    return made


def incidents() -> list[dict]:
    """A van that two counties have; a cable, one report without a place; one agency."""
    made = []
    for number in range(1, 4):
        at = STOLEN + timedelta(hours=4 * number)
        # The service has first what happened first: here the report that came last.
        one = report(number, "stolen-vehicle", "10005", at - timedelta(hours=2))
        one |= {"reported_at": iso(at + timedelta(days=1))}
        other = report(number, "stolen-vehicle", "10004", at)
        near = {"lng": one["lng"] + 0.0012, "lat": one["lat"] + 0.0008}
        other |= near | {"county": one["county"], "town": one["town"]}
        if number == 2:
            cable = "工廠門口電線一捆遭竊，鐵門被剪開"
            for side in (one, other):
                side |= {"kind": "theft", "vehicle": None, "text": cable}
            one |= NOWHERE
        if number == 3:
            other |= {"agency": one["agency"], "case_number": "10005-1150003-U"}
            one |= {"event_to": iso(at + timedelta(minutes=30))}
        made.append(incident(number, one, other))
    return made
