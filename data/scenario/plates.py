"""Taiwan's licence plates by generation, as far as the scenario uses them.

Source: public numbering rules of the Ministry of Transportation and of the Highway
Bureau, from general knowledge; shares are assumed. Generations marked ``is_certain
= False`` have a shape or a series that was not checked. Every number is invented; that
one of them is also on a real vehicle cannot be ruled out.
"""

import random
import re
from dataclasses import dataclass

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
SLOTS = {
    "L": LETTERS,
    "D": DIGITS,
    "l": LETTERS.replace("I", "").replace("O", ""),
    "d": DIGITS.replace("4", ""),
    "p": "ABC",
    "m": "MN",
    "q": "L",
}
"""Which characters may stand in a slot; any other slot is a character itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Generation:
    """One series of plates.

    ``slots`` is the plate as on the vehicle; ``unread`` are the characters in front
    that cameras leave out because they know no Chinese. ``shares`` says how many
    of a thousand vehicles of a type carry it.
    """

    name: str
    slots: str
    shares: dict[str, int]
    note: str
    unread: str = ""
    is_certain: bool = True

    def draw(self, rng: random.Random) -> str:
        """Invent a number of this series."""
        return "".join(rng.choice(SLOTS.get(slot, slot)) for slot in self.slots)

    def fits(self, plate: str) -> bool:
        """Tell whether a plate has this shape, as cameras see it."""
        pattern = "".join(f"[{SLOTS.get(slot, slot)}]" for slot in self.slots)
        return re.fullmatch(pattern.replace("[-]", "-"), plate) is not None


def _cars(sedan: int, suv: int, van: int, truck: int, bus: int) -> dict[str, int]:
    return {"sedan": sedan, "suv": suv, "van": van, "truck": truck, "bus": bus}


GENERATIONS = (
    Generation(
        "car-2012",
        "pll-dddd",
        _cars(560, 760, 520, 296, 0),
        "自用小客、小貨 2012/12 起",
    ),
    Generation("car-2+4", "LL-DDDD", _cars(80, 15, 110, 190, 0), "舊式 2 英 4 數"),
    Generation("car-4+2", "DDDD-LL", _cars(200, 100, 210, 160, 0), "舊式 4 數 2 英"),
    Generation("car-1A", "DL-DDDD", _cars(65, 20, 80, 60, 0), "舊式 數英+4 數"),
    Generation("rental", "Rll-dddd", _cars(55, 60, 60, 10, 0), "租賃小客 R 開頭"),
    Generation("electric", "Ell-dddd", _cars(36, 41, 10, 0, 0), "電動小客 E 開頭"),
    Generation(
        "heavy-2012",
        "Kll-dddd",
        _cars(0, 0, 0, 160, 640),
        "營業大客貨 K 開頭",
        is_certain=False,
    ),
    Generation(
        "heavy-old",
        "DDD-LL",
        _cars(0, 0, 0, 60, 360),
        "舊式營業大客貨 3 數 2 英",
        is_certain=False,
    ),
    Generation(
        "trailer",
        "Hll-dddd",
        _cars(0, 0, 0, 60, 0),
        "拖車 H 開頭(鏡頭在車後讀到)",
        is_certain=False,
    ),
    Generation("taxi-2012", "Tll-dddd", {"taxi": 930}, "計程車 T 開頭"),
    Generation(
        "taxi-old", "DDD-LD", {"taxi": 70}, "舊式計程車 3 數 英數", is_certain=False
    ),
    Generation("bike-2012", "mll-dddd", {"scooter": 470}, "普通重型機車 M、N 開頭"),
    Generation("bike-3+3", "LLL-DDD", {"scooter": 310}, "舊式 3 英 3 數"),
    Generation("bike-3-3", "DDD-LLL", {"scooter": 170}, "舊式 3 數 3 英"),
    Generation("bike-AB1", "LLD-DDD", {"scooter": 50}, "舊式 2 英 1 數+3 數"),
    Generation(
        "large-bike", "qAl-dddd", {"heavy-motorcycle": 1000}, "大型重機 LA 開頭"
    ),
    Generation(
        "diplomatic",
        "DDDD",
        _cars(1, 1, 0, 0, 0),
        "外交「外」「使」車,漢字讀不到",
        unread="外",
        is_certain=False,
    ),
    Generation(
        "military",
        "LDDDDD",
        _cars(1, 1, 4, 4, 0),
        "軍車「軍A-12345」,漢字讀不到",
        unread="軍",
        is_certain=False,
    ),
    Generation(
        "temporary",
        "LDDDD",
        _cars(2, 2, 6, 0, 0),
        "臨時牌,漢字讀不到",
        unread="臨",
        is_certain=False,
    ),
)
"""The generations in the scenario."""

BY_NAME = {generation.name: generation for generation in GENERATIONS}


class PlatePress:
    """Invents plates, each only once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._generation_of: dict[str, str] = {}

    def reserve(self, plate: str, generation: str) -> str:
        """Keep a plate from being invented for somebody else.

        Raises
        ------
        ValueError
            It was already invented.
        """
        if plate in self._generation_of:
            raise ValueError(f"plate {plate} is taken")
        self._generation_of[plate] = generation
        return plate

    def press(self, vehicle_type: str) -> str:
        """Invent a plate for a vehicle of this type."""
        shares = {g: g.shares.get(vehicle_type, 0) for g in GENERATIONS}
        generation = self._rng.choices(list(shares), list(shares.values()))[0]
        plate = generation.draw(self._rng)
        if plate in self._generation_of:
            return self.press(vehicle_type)
        return self.reserve(plate, generation.name)

    def generation_of(self, plate: str) -> str:
        """Name the generation that a plate was invented in."""
        return self._generation_of[plate]

    def is_taken(self, plate: str) -> bool:
        """Tell whether somebody has this plate."""
        return plate in self._generation_of
