"""What is written by hand in the night: a theft, its read, a near miss; a lost woman.

苗栗 reports a white Toyota Corolla Cross, BKD-5826, stolen in 頭份市中央路 between
02:00 and 02:10. At 03:05 the camera at 楊梅交流道, in 桃園 and 34.4 km away in a
straight line, sends ``BKO-5B26``. The cameras of 竹北 and 湖口 in between saw nothing.
At 03:20 another white SUV, BKD-5828, passes 中壢交流道 and is read right.

新北 has been looking for 黃秀琴, 75, since Monday. At 20:40 石牌 in 臺北, 10.7 km away,
finds a woman without papers who says something like 王秀勤.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.records import Contact, Person, ReportKind, Spot, Vehicle
from data.scenario.nouns import NIGHT_FROM
from data.scenario.waypoints import WAYPOINTS

GENERATION = "car-2012"
STOLEN = Vehicle("BKD-5826", "suv", "white", "Toyota", "Corolla Cross")
NEAR_MISS = Vehicle("BKD-5828", "suv", "white", "Honda", "CR-V")
RESERVED = ("BKQ-5826",)
"""The other plate that the scripted reading may stand for; nobody has it."""

CASE_NUMBER = "10005-1150302-0007"
STOLEN_FROM = NIGHT_FROM + timedelta(hours=8)
STOLEN_TO = STOLEN_FROM + timedelta(minutes=10)
REPORTED_AT = STOLEN_FROM + timedelta(minutes=25)
SPOT = Spot(lng=120.912, lat=24.695, error_m=100.0, address="苗栗縣頭份市中央路")


@dataclass(frozen=True, slots=True)
class ScriptedPerson:
    """A missing or a found person's report."""

    kind: ReportKind
    category: str
    case_number: str
    person: Person
    contact: Contact
    spot: Spot
    at: datetime
    reported_at: datetime
    text: str


PERSONS = (
    ScriptedPerson(
        ReportKind.MISSING_PERSON,
        "missing",
        "65000-1150223-0003",
        Person(
            "黃秀琴", "female", date(1950, 11, 20), height_cm=152, build="thin",
            clothing="紅色外套、黑色長褲", dementia=True,
        ),
        Contact("黃大明", "0900-000-001", "長子"),
        Spot(lng=121.4478, lat=25.0352, error_m=100.0, address="新北市新莊區廟街"),
        NIGHT_FROM - timedelta(days=6, hours=2),
        NIGHT_FROM - timedelta(days=5, hours=20),
        "下午散步未歸，常說要去市場",
    ),
    ScriptedPerson(
        ReportKind.FOUND_PERSON,
        "found",
        "63000-1150301-0004",
        Person(
            "王秀勤?", "female", age_from=70, age_to=80, height_cm=150,
            clothing="暗紅色夾克、深色長褲",
        ),
        Contact("石牌派出所值班", "02-0000-0000"),
        Spot(lng=121.5152, lat=25.1098, error_m=50.0, address="臺北市北投區石牌路"),
        NIGHT_FROM + timedelta(hours=2, minutes=10),
        NIGHT_FROM + timedelta(hours=2, minutes=40),
        "只會講台語，未帶證件，說要去市場",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScriptedRead:
    """A read with everything about it decided."""

    vehicle: Vehicle
    camera: str
    at: datetime
    plate_raw: str
    confidence: float


TOWN = WAYPOINTS["頭份市區"]

READS = (
    ScriptedRead(
        STOLEN,
        "國道一號 楊梅交流道 北上",
        NIGHT_FROM + timedelta(hours=9, minutes=5),
        "BKO-5B26",
        0.78,
    ),
    ScriptedRead(
        NEAR_MISS,
        "國道一號 中壢交流道 北上",
        NIGHT_FROM + timedelta(hours=9, minutes=20),
        "BKD-5828",
        0.93,
    ),
)

CAMERAS = frozenset(read.camera for read in READS)
"""Cameras of the script; they send at once and with dashes."""
