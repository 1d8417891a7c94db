"""Invented leads of two reports: a missing and a found person who may be one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mock_data import AGENCIES, NAMED, PAYLOAD, TOWNS, comparison, iso, metres

LOST = datetime(2026, 11, 14, 0, 30, tzinfo=UTC)
BLANK = dict.fromkeys(
    (
        "name", "sex", "birth_date", "age_from", "age_to", "height_cm", "build",
        "clothing", "marks", "dementia",
    )
)  # fmt: skip
HER = {
    "name": "黃秀琴", "sex": "female", "birth_date": "1950-11-20", "height_cm": 155.0,
    "build": "thin", "clothing": "紅色外套", "marks": "左手背有燙傷疤痕",
    "dementia": True,
}  # fmt: skip
FOUND = {
    "name": "王秀勤?",
    "sex": "female",
    "age_from": 70,
    "age_to": 80,
    "build": "thin",
    "clothing": "暗紅色夾克、黑色長褲",
}
TOLD = "只會講台語，未帶證件"  # fmt: skip
SPOTS = {"65000": (121.52, 25.04), "68000": (121.2, 25.0), "10005": (120.9, 24.6)}
CONTACTS = {
    "missing-person": ("黃大明", "0900-000-001", "長子"),
    "found-person": ("派出所值班", "02-0000-0000", None),
}

COMPARED = {
    "read": {"plate", "vehicle", "list"},
    "person": {"identity", "appearance", "report"},
    "vehicle": {"vehicle", "report"},
    "incident": {"report"},
}


def report(number: int, kind: str, code: str, at: datetime, **person) -> dict:
    """A report of a person, in the shape of the interface."""
    lng, lat = SPOTS[code]
    return {
        "id": f"{kind}-{number}",
        "kind": kind,
        "state": "open",
        "version": 1,
        "agency": AGENCIES[code],
        "case_number": f"{code}-115{number:04d}-{kind[0].upper()}",
        "category": kind.removesuffix("-person"),
        "reported_at": iso(at + timedelta(hours=2)),
        "event_from": iso(at),
        "event_to": iso(at),
        "place": "市場旁",
        "lng": lng + number / 50,
        "lat": lat,
        "error_m": 100.0,
        "county": NAMED[code],
        "town": {"code": f"{code}01", "name": TOWNS[code]},
        "vehicle": None,
        "person": BLANK | person,
        "text": None if kind == "missing-person" else TOLD,
        "has_contact": True,
        "synthetic": True,
        "closed_reason": None,
    }


def explain(missing: dict, found: dict) -> dict:
    here, there = missing["person"], found["person"]
    rows = [
        comparison(
            "name",
            "姓名",
            ("5", "讀音相近，含臺灣口音及臺語", 9.4),
            (here["name"], there["name"]),
        ),
        comparison("sex", "性別", ("1", "性別相同", 1.0), ("女", "女")),
        comparison(
            "birth_date",
            "出生日期",
            (None, "只知年齡", 0.0),
            (here["birth_date"], None),
        ),
        comparison("age", "年齡", ("3", "年齡相符", 3.1), (None, "1945–1956 年生")),
        comparison("height", "身高", (None, "無資料可比", 0.0), ("155 公分", None)),
        comparison("build", "體型", ("1", "體型相同", 0.7), ("瘦", "瘦")),
        comparison(
            "clothing_later",
            "衣著（逾三日）",
            ("4", "衣著相近", 0.9),
            (here["clothing"], there["clothing"]),
        ),
        comparison(
            "description",
            "特徵與經過",
            ("5", "特徵描述不同", -1.2),
            (here["marks"], there["marks"]),
        ),
        comparison(
            "whereabouts",
            "地點與時間",
            ("3", "較遠，百分之五至二十五走失者走得更遠", -0.8),
            ("新北市板橋區", "桃園市中壢區；直線 32.5 公里"),
        ),
        comparison("elapsed", "相隔時間", ("3", "一週內", 0.6), (None, "6.0 日後")),
    ]
    return added_up("person 0a1b2c3d4e5f", -11.0, rows)


def added_up(model: str, prior_bits: float, rows: list[dict]) -> dict:
    """An explanation whose weights add up."""
    total = round(prior_bits + sum(row["bits"] for row in rows), 2)
    return {
        "model": model,
        "prior_bits": prior_bits,
        "total_bits": total,
        "probability": 1 / (1 + 2**-total),
        "lead_from": 0.02,
        "action_from": 0.5,
        "exact": False,
        "expired": False,
        "comparisons": rows,
        "rivals": [],
    }


def pair(number: int, missing: dict, found: dict) -> dict:
    """A lead of a missing and a found person, judged by nobody yet."""
    reasons = ("案主：本局受理之失蹤人口", "尋獲地：本局受理之身分不明者")
    return lead("person", number, (missing, found), explain(missing, found), reasons)


def lead(
    kind: str,
    number: int,
    sides: tuple[dict, dict],
    told: dict,
    reasons: tuple[str, str],
) -> dict:
    """A lead of two reports of one of the kinds."""
    one, other = sides
    places = [one["lng"], one["lat"], other["lng"], other["lat"]]
    since = datetime.fromisoformat(other["event_from"]) - datetime.fromisoformat(
        one["event_from"]
    )
    return {
        "id": f"{kind[0].upper()}{number:02d}",
        "state": "unverified",
        "level": "action",
        "created_at": max(one["reported_at"], other["reported_at"]),
        "at": max(one["reported_at"], other["reported_at"]),
        "late_s": None,
        "must_verify": False,
        "weight_bits": told["total_bits"],
        "probability": told["probability"],
        "report": one,
        "kind": kind,
        "other_report": other,
        "read": None,
        "reads": [],
        "contacts": [],
        "distance_m": None if None in places else metres(*places),
        "seconds_since": since.total_seconds(),
        "speed_kmh": 0.2,
        "explanation": told,
        "recipients": [
            recipient(f"{kind}-{number}", one, "owner", reasons[0]),
            recipient(f"{kind}-{number}", other, "scene", reasons[1]),
        ],
        "judgements": [],
        "cameras_on_the_way": [],
    }


def recipient(number: object, of: dict, role: str, reason: str) -> dict:
    return {
        "delivery_id": f"DP{number}-{role}",
        "agency": of["agency"],
        "county": of["county"],
        "role": role,
        "action": "act",
        "reason": reason,
        "state": "pending",
    }


def said(row: dict, side: str, verdict: str = "positive", by: str = "測試員") -> dict:
    return {
        "verdict": verdict,
        "by": by,
        "agency_id": row[side]["agency"]["id"],
        "at": row["at"],
        "comment": None,
        "compared": ["appearance", "identity", "report"],
    }


def settle(row: dict) -> None:
    """Say what the verdicts say together, as the service does."""
    last = {one["agency_id"]: one["verdict"] for one in row["judgements"]}
    sides = (row["report"], row["other_report"])
    both = {last.get(one["agency"]["id"]) for one in sides}
    found = [one for one in ("negative", "unsure") if one in both]
    row["state"] = (found or ["unverified"])[0]
    if both != {"positive"}:
        return
    row["state"] = "positive"
    if row["kind"] != "incident":
        for one in sides:
            one["state"] = "closed"
    row["contacts"] = []
    if row["kind"] != "person":
        return
    for one in sides:
        name, phone, relation = CONTACTS[one["kind"]]
        row["contacts"].append(
            {
                "report_id": one["id"],
                "name": name,
                "phone": phone,
                "relation": relation,
            }
        )


def pairs() -> list[dict]:
    """Her; half confirmed; nothing known; confirmed and hostile; one agency."""
    made = []
    for number in range(1, 6):
        lost = LOST + timedelta(hours=5 * number)
        here = "68000" if number != 5 else "65000"
        missing = report(number, "missing-person", "65000", lost, **HER)
        found = report(number, "found-person", here, lost + timedelta(days=6), **FOUND)
        if number == 3:
            nowhere = {"lng": None, "lat": None, "county": None, "town": None}
            for one in (missing, found):
                one |= nowhere | {"text": None, "place": None, "person": dict(BLANK)}
        if number == 4:
            words = {"name": PAYLOAD, "clothing": PAYLOAD, "marks": PAYLOAD}
            missing |= {"place": PAYLOAD, "case_number": PAYLOAD, "text": PAYLOAD}
            missing["person"] |= words
            found["person"] |= words
        made.append(pair(number, missing, found))
    made[1]["judgements"] = [said(made[1], "report")]
    # A third agency was told; its word on the pair does not count.
    third = {"agency": AGENCIES["10004"], "county": NAMED["10004"]}
    made[1]["recipients"].append(recipient(2, third, "transit", "途經"))
    made[3]["judgements"] = [said(made[3], one) for one in ("report", "other_report")]
    settle(made[3])
    made[3]["contacts"][0] |= {"name": PAYLOAD, "phone": PAYLOAD, "relation": PAYLOAD}
    return made


def counties(row: dict) -> set[str]:
    """The counties of a lead's ends."""
    ends = (row["report"], row["read"] or row["other_report"])
    return {one["county"]["code"] for one in ends if one["county"]}


def refusal(row: dict, body: dict) -> str:
    """Why a verdict is refused, or nothing."""
    if row["other_report"]:
        sides = (row["report"], row["other_report"])
        if body["agency_id"] not in {one["agency"]["id"] for one in sides}:
            return "只有兩案的受理單位可以判定"
    wanted = COMPARED[row["kind"]]
    is_short = body["verdict"] == "positive" and set(body["compared"]) != wanted
    return "尚未比對" if is_short else ""
