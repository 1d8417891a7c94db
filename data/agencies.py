"""The 22 county police bureaus, each with its duty desk.

An agency's id is the county code of its jurisdiction (Ministry of the Interior).
"""

from data.records import Agency, ContactPoint

_BUREAUS = {
    "09007": "連江縣警察局",
    "09020": "金門縣警察局",
    "10002": "宜蘭縣政府警察局",
    "10004": "新竹縣政府警察局",
    "10005": "苗栗縣警察局",
    "10007": "彰化縣警察局",
    "10008": "南投縣政府警察局",
    "10009": "雲林縣警察局",
    "10010": "嘉義縣警察局",
    "10013": "屏東縣政府警察局",
    "10014": "臺東縣警察局",
    "10015": "花蓮縣警察局",
    "10016": "澎湖縣政府警察局",
    "10017": "基隆市警察局",
    "10018": "新竹市警察局",
    "10020": "嘉義市政府警察局",
    "63000": "臺北市政府警察局",
    "64000": "高雄市政府警察局",
    "65000": "新北市政府警察局",
    "66000": "臺中市政府警察局",
    "67000": "臺南市政府警察局",
    "68000": "桃園市政府警察局",
}

NORTHERN_EIGHT = (
    "10002", "10004", "10005", "10017", "10018", "63000", "65000", "68000",
)  # fmt: skip
"""The counties of the northern agreement (北臺八縣市)."""


def county_bureaus() -> list[Agency]:
    """List the county police bureaus by county code."""
    return [Agency(code, name, code) for code, name in sorted(_BUREAUS.items())]


def duty_desks() -> list[ContactPoint]:
    """List the duty desk of each county police bureau."""
    return [
        ContactPoint(f"{agency.id}-duty", agency.id, f"{agency.name}勤務指揮中心")
        for agency in county_bureaus()
    ]
