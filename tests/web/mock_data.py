"""Invented answers of the HTTP interface, for the page's own tests.

Counties are simple polygons with real names; people, plates and places are made up.
"""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

PAYLOAD = '<img src=x onerror="window.pwned=1">'

# West coast, south to north: code, name, west, south, east, north.
COUNTIES = [
    ("10007", "彰化縣", 120.28, 23.80, 120.70, 24.19),
    ("66000", "臺中市", 120.46, 24.19, 121.20, 24.42),
    ("10005", "苗栗縣", 120.62, 24.42, 121.22, 24.72),
    ("10018", "新竹市", 120.88, 24.72, 121.03, 24.86),
    ("10004", "新竹縣", 121.03, 24.72, 121.36, 24.94),
    ("68000", "桃園市", 120.98, 24.94, 121.48, 25.12),
    ("65000", "新北市", 121.48, 24.80, 122.00, 25.30),
]
NAMED = {code: {"code": code, "name": name} for code, name, *_ in COUNTIES}
TOWNS = {
    "10007": "員林市",
    "66000": "西屯區",
    "10005": "頭份市",
    "10018": "東區",
    "10004": "竹北市",
    "68000": "中壢區",
    "65000": "板橋區",
}
AGENCIES = {
    code: {"id": f"A{code}", "name": f"{name}政府警察局"} for code, name, *_ in COUNTIES
}
ROADS = [
    "中山路",
    "中正路",
    "經國路",
    "光復路",
    "自由路",
    "民生路",
    "縱貫公路",
    "濱海路",
]
BOXES = {code: box for code, _, *box in COUNTIES}
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """A box whose shared edges are straight, so that neighbours meet."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, name: str, box: tuple[float, ...], county: str) -> dict:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "county_code": county},
        "geometry": {"type": "Polygon", "coordinates": [ring(*box)]},
    }


def counties() -> dict:
    rows = [feature(code, name, tuple(box), code) for code, name, *box in COUNTIES]
    return {"type": "FeatureCollection", "features": rows}


def towns() -> dict:
    rows = []
    for code, _, west, south, east, north in COUNTIES:
        middle = (west + east) / 2
        rows.append(
            feature(f"{code}01", TOWNS[code], (west, south, middle, north), code)
        )
        rows.append(feature(f"{code}02", "東鄉", (middle, south, east, north), code))
    return {"type": "FeatureCollection", "features": rows}


def county_at(lng: float, lat: float) -> str | None:
    for code, _, west, south, east, north in COUNTIES:
        if west <= lng <= east and south <= lat <= north:
            return code
    return None


def metres(lng: float, lat: float, to_lng: float, to_lat: float) -> float:
    east = math.radians(to_lng - lng) * math.cos(math.radians((lat + to_lat) / 2))
    return 6371008.8 * math.hypot(east, math.radians(to_lat - lat))


def spot(rng: random.Random, code: str) -> tuple[float, float]:
    """A place well inside a county."""
    west, south, east, north = BOXES[code]
    lng = west + (east - west) * rng.uniform(0.2, 0.6)
    return round(lng, 6), round(south + (north - south) * rng.uniform(0.2, 0.8), 6)


def sites(n: dict[str, int]) -> dict[str, list[dict]]:
    rng = random.Random(7)
    made: dict[str, list[dict]] = {}
    words = {"camera": "路口", "atm": "自動櫃員機", "station": "派出所"}
    for kind, count in n.items():
        made[kind] = []
        for i in range(count):
            code = rng.choice(list(BOXES))
            lng, lat = spot(rng, code)
            made[kind].append(
                {
                    "id": f"{kind}-{i}",
                    "kind": kind,
                    "name": f"{rng.choice(ROADS)}{words[kind]} {i}",
                    "lng": lng,
                    "lat": lat,
                    "county_code": code,
                    "reads_plates": kind == "camera",
                }
            )
    return made


def comparison(
    name: str, label: str, level: tuple[str, str, float], values: tuple
) -> dict:
    key, said, bits = level
    left, right = values
    return {
        "name": name,
        "label": label,
        "level": key,
        "level_label": said,
        "bits": bits,
        "left": left,
        "right": right,
    }


NOTHING = ("nothing", "無資料可比", 0.0)


def explain(wanted: str, raw: str, rng: random.Random, *, weak: bool) -> dict:
    plate = (
        ("exact", "完全相同", 25.4)
        if wanted == raw
        else ("misread", "可由誤讀造成：D→O、8→B", 21.3)
    )
    rows = [
        comparison("plate", "車牌", plate, (wanted, raw)),
        comparison("vehicle_type", "車種", ("same", "相同", 2.2), ("sedan", "sedan")),
        comparison(
            "colour",
            "顏色",
            ("other", "不同", -2.6) if weak else ("near", "常被認成同色", 1.1),
            ("silver", "black" if weak else "grey"),
        ),
        comparison(
            "travel",
            "時間與距離",
            ("possible", "一般車速到得了", 3.3),
            ("失竊後 41 分", "31 km"),
        ),
        comparison("make", "廠牌", NOTHING, ("TOYOTA", None)),
    ]
    prior = -22.8 + round(rng.uniform(-1, 1), 1)
    total = round(prior + sum(row["bits"] for row in rows), 2)
    return {
        "prior_bits": prior,
        "total_bits": total,
        "probability": 1 / (1 + 2**-total),
        "model": "plate-read 1",
        "comparisons": rows,
        "rivals": [
            {"plate": "BKQ-5826", "probability": 0.08},
            {"plate": "BKD-5828", "probability": 0.01},
        ],
    }


def recipients(owner: str, scene: str, number: int) -> list[dict]:
    def told(code: str, role: str, action: str, reason: str) -> dict:
        return {
            "delivery_id": f"D{number}-{role}",
            "agency": AGENCIES[code],
            "county": NAMED[code],
            "role": role,
            "action": action,
            "reason": reason,
            "state": "acknowledged" if role == "owner" else "pending",
        }

    codes = list(BOXES)
    between = codes[
        min(codes.index(owner), codes.index(scene)) + 1 : max(
            codes.index(owner), codes.index(scene)
        )
    ]
    rows = [told(owner, "owner", "act", "受理報案的縣市")]
    if scene != owner:
        rows.append(told(scene, "scene", "act", "讀取位置在其轄區"))
    return rows + [
        told(code, "transit", "advice", "位於兩地之間") for code in between[:2]
    ]


def lead(number: int, rng: random.Random) -> dict:
    owner, scene = rng.sample(list(BOXES), 2)
    letters = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
    wanted = f"{letters}-{rng.randrange(1000, 10000)}"
    raw = (
        wanted if number % 3 == 0 else wanted.translate(str.maketrans("D80S2", "OBO5Z"))
    )
    return build(number, rng, owner, scene, (wanted, raw))


def build(
    number: int, rng: random.Random, owner: str, scene: str, plates: tuple[str, str]
) -> dict:
    wanted, raw = plates
    (lng, lat), (to_lng, to_lat) = spot(rng, owner), spot(rng, scene)
    stolen = START + timedelta(minutes=37 * number)
    read_at = stolen + timedelta(minutes=rng.randrange(25, 150))
    far = metres(lng, lat, to_lng, to_lat)
    seconds = (read_at - stolen).total_seconds()
    told = explain(wanted, raw, rng, weak=number % 5 == 1)
    return {
        "id": f"L{number:04d}",
        "state": "unverified",
        "level": "advice" if number % 4 == 2 else "action",
        "created_at": iso(read_at + timedelta(seconds=2)),
        "at": iso(read_at),
        "kind": "read",
        "other_report": None,
        "contacts": [],
        "weight_bits": told["total_bits"],
        "probability": told["probability"],
        "report": {
            "id": f"R{number}",
            "kind": "stolen-vehicle",
            "state": "open",
            "agency": AGENCIES[owner],
            "case_number": f"115-{number:05d}",
            "reported_at": iso(stolen + timedelta(minutes=9)),
            "event_from": iso(stolen - timedelta(minutes=50)),
            "event_to": iso(stolen),
            "place": f"{rng.choice(ROADS)} 88 號前",
            "lng": lng,
            "lat": lat,
            "county": NAMED[owner],
            "town": {"code": f"{owner}01", "name": TOWNS[owner]},
            "vehicle": {
                "plate": wanted,
                "type": "sedan",
                "colour": "silver",
                "make": "TOYOTA",
                "model": "Altis",
            },
            "person": None,
            "category": "theft",
            "synthetic": True,
        },
        "read": {
            "id": f"P{number}",
            "at": iso(read_at),
            "plate_raw": raw,
            "confidence": 0.86,
            "vehicle_type": "sedan",
            "colour": "grey",
            "lng": to_lng,
            "lat": to_lat,
            "county": NAMED[scene],
            "town": {"code": f"{scene}01", "name": TOWNS[scene]},
            "camera": {"id": f"C{number}", "name": f"{rng.choice(ROADS)}北上車道"},
            "late": number % 7 == 3,
        },
        "distance_m": far,
        "seconds_since": seconds,
        "speed_kmh": far / seconds * 3.6,
        "explanation": told,
        "recipients": recipients(owner, scene, number),
        "judgements": [],
        "cameras_on_the_way": [
            {
                "id": f"W{number}-{i}",
                "name": f"台 1 線 {90 + 7 * i}K",
                "county": NAMED[scene],
                "lng": lng + (to_lng - lng) * i / 4 + 0.012,
                "lat": lat + (to_lat - lat) * i / 4,
            }
            for i in (1, 2, 3)
        ],
    }


def passed(row: dict) -> dict:
    return {
        "read": row["read"],
        "weight_bits": row["weight_bits"],
        "probability": row["probability"],
        "level": row["level"],
        "explains": True,
        "bridges": [],
    }


def leads(count: int) -> list[dict]:
    """Leads of every state; the newest is the showpiece, the oldest is hostile."""
    rng = random.Random(11)
    made = [lead(number, rng) for number in range(1, count)]
    for row, state in zip(
        made[::4], ["positive", "negative", "unsure", "withdrawn"] * 2, strict=False
    ):
        row["state"] = state
        if state != "withdrawn":
            row["judgements"] = [
                {
                    "compared": [],
                    "verdict": state,
                    "by": "測試員",
                    "agency_id": row["report"]["agency"]["id"],
                    "at": row["created_at"],
                    "comment": "示範查證",
                }
            ]
    made.append(build(count, rng, "10018", "10007", ("BKD-5826", "BKO-5B26")))
    for number, row in enumerate(made):
        row |= {
            "late_s": 7200.0 if number % 7 == 3 else None,
            "must_verify": row["level"] == "advice",
            "reads": [passed(row) for _ in range(1 + number % 2 + 2 * (number == 0))],
        }
    made[0]["read"]["plate_raw"] = PAYLOAD
    made[0]["report"]["place"] = PAYLOAD
    made[0]["read"]["camera"]["name"] = PAYLOAD
    made[0]["judgements"] = [
        {
            "verdict": "unsure",
            "by": PAYLOAD,
            "agency_id": PAYLOAD,
            "at": made[0]["created_at"],
            "comment": PAYLOAD,
        }
    ]
    made[0]["recipients"][0]["reason"] = PAYLOAD
    made[0]["explanation"]["comparisons"][0]["level_label"] = PAYLOAD
    made[0]["explanation"]["rivals"][0]["plate"] = PAYLOAD
    return made
