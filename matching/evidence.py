"""The kinds of evidence, one function each.

The first line of each docstring is what the detective reads about it. A function
returns the name of a level, or None when there is nothing to compare.
"""

from datetime import datetime, timedelta

TWO_WHEELS = frozenset({"scooter", "heavy-motorcycle"})
TYPES = TWO_WHEELS | {"sedan", "suv", "van", "truck", "bus", "taxi"}
"""Words that can be compared; any other says nothing, for or against."""

NEAR_TYPES = (
    frozenset({"sedan", "suv"}),
    frozenset({"suv", "van"}),
    frozenset({"sedan", "taxi"}),
    frozenset({"van", "truck"}),
    frozenset({"truck", "bus"}),
    frozenset({"scooter", "heavy-motorcycle"}),
)
NIGHT_COLOURS = (
    frozenset({"white", "silver", "grey", "gold", "yellow", "pink"}),
    frozenset({"black", "grey", "blue", "green", "brown", "purple", "red"}),
)
"""Colours that infra-red light and sodium lamps make alike."""

COLOURS = frozenset().union(*NIGHT_COLOURS) | {"orange"}

FASTEST_KMH = 130.0
"""Straight-line speed that no ordinary journey reaches: freeways allow 110 km/h."""

CURRENT = timedelta(days=30)
"""How long an entry counts as verified; a choice, see ``age`` in the model file."""

FRESH_H = 6.0
DAYS_H = 7 * 24.0


def compare_type(wanted: str | None, seen: str | None) -> str | None:
    """比對車種：攝影機判定的車種與報案車輛是否相符。"""
    if wanted not in TYPES or seen not in TYPES:
        return None
    if wanted == seen:
        return "same"
    if frozenset({wanted, seen}) in NEAR_TYPES:
        return "near"
    crosses = (wanted in TWO_WHEELS) != (seen in TWO_WHEELS)
    return "wheels" if crosses else "other"


def compare_colour(wanted: str | None, seen: str | None) -> str | None:
    """比對顏色：攝影機判定的顏色與報案車輛是否相符，夜間混淆另計。"""
    if wanted not in COLOURS or seen not in COLOURS:
        return None
    if wanted == seen:
        return "same"
    mixed = any(wanted in group and seen in group for group in NIGHT_COLOURS)
    return "night" if mixed else "other"


def compare_journey(
    distance_m: float | None, since: datetime, at: datetime
) -> str | None:
    """比對時間與距離：失竊後到此處，直線距離所需車速是否合理。"""
    hours = (at - since).total_seconds() / 3600
    if hours < 0:
        return None
    if distance_m is not None and distance_m / 1000 > FASTEST_KMH * hours + 1:
        return "too-far"
    if hours > DAYS_H:
        return "later"
    if distance_m is None:
        return None
    return "fresh" if hours <= FRESH_H else "days"


def compare_age(verified_at: datetime, at: datetime) -> str:
    """比對名單時效：受理單位上次確認此車仍在協尋是否在 30 日內。"""
    return "overdue" if at - verified_at > CURRENT else "current"


def compare_history(others: int | None) -> str | None:
    """比對其他讀取：近日有幾臺其他攝影機讀到完全相同的結果。"""
    if others is None:
        return None
    return ("alone", "once", "often")[min(others, 2)]
