"""What two reports tell, by comparison, in the words of a detective."""

from datetime import timedelta

from data.records import LeadKind, Report
from routing.pairing.kinds import PairKind
from routing.screening import between_m

WORDS = {
    "female": "女", "male": "男", "thin": "瘦", "medium": "中等", "heavy": "胖",
    "white": "白", "black": "黑", "silver": "銀", "grey": "灰", "red": "紅",
    "blue": "藍", "green": "綠", "yellow": "黃", "brown": "棕", "gold": "金",
    "orange": "橘", "purple": "紫", "pink": "粉紅", "sedan": "轎車", "suv": "休旅車",
    "van": "廂型車", "truck": "貨車", "bus": "大客車", "taxi": "計程車",
    "scooter": "機車", "heavy-motorcycle": "大型重機",
}  # fmt: skip
WORDED = frozenset({"sex", "build", "type", "colour"})
_TAIWAN = timedelta(hours=8)

Told = dict[str, str]


def told(pair: PairKind, lost: Report, here: Report) -> tuple[Told, Told]:
    """Say what each side tells; the second one says how far and how much later too."""
    of_person = pair.kind is LeadKind.PERSON
    one, other = ((_person if of_person else _theft)(pair, r) for r in (lost, here))
    metres = between_m(lost.spot, here.spot)
    gap = here.event_from - lost.event_from
    later = f"{gap / timedelta(days=1):.1f} 日後"
    if metres is not None:
        other["place"] += f"；直線 {metres / 1000:.1f} 公里"
    if of_person:
        for side in (one, other):
            side["whereabouts"] = f"{side['place']}，{side['time']}"
        other["elapsed"] = later
    else:
        other["time"] += f"；{later}"
    return one, other


def _common(pair: PairKind, report: Report) -> Told:
    columns = dict(pair.record_of(report))
    worded = {
        key: WORDS.get(columns[key], columns[key]) for key in WORDED & columns.keys()
    }
    when = (report.event_from + _TAIWAN).strftime("%Y-%m-%d %H:%M")
    place = report.spot.address or "地點如座標"
    return columns | worded | {"place": place, "time": when}


def _person(pair: PairKind, report: Report) -> Told:
    found = _common(pair, report)
    if "height" in found:
        found["height"] += " 公分"
    if "clothing" in found:
        found["clothing_later"] = found["clothing"]
    born = found.get("born")
    if born is not None:
        is_day = born[4:5] == "-"
        name = "birth_date" if is_day else "age"
        found[name] = born if is_day else born.replace("..", "–") + " 年生"
    return found


def _theft(pair: PairKind, report: Report) -> Told:
    found = _common(pair, report)
    model = " ".join(found[key] for key in ("make", "model") if key in found)
    found.pop("model", None)
    return found | {"model": model} if model else found
