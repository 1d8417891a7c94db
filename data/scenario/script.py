"""What is written by hand in the night: one theft, its read, and its near miss.

苗栗 reports a white Toyota Corolla Cross, BKD-5826, stolen in 頭份市中央路 between
02:00 and 02:10. At 03:05 the camera at 楊梅交流道, in 桃園 and 34.4 km away in a
straight line, sends ``BKO-5B26``. The cameras of 竹北 and 湖口 in between saw nothing.
At 03:20 another white SUV, BKD-5828, passes 中壢交流道 and is read right.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.records import Spot, Vehicle
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
