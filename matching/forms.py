"""The generations and classes of Taiwan's plates: what may stand where, since when.

Sources, in words. "Highway Bureau" is the table in which it divides the letters of the
series since 17 December 2012 among the classes of vehicle. "Bureau's old rule" is the
rule of the plates before: two, three or four characters in front, the code in letters.
"Assumed" says that nothing published was found, and the shape is what photographs show.

How many are in use and their share of the traffic are estimates to the order of
magnitude, from 8.3 million cars and 14.3 million motorcycles on the register at the end
of 2021 and from freeways and trunk roads carrying mostly cars. A factor of two in them
is one bit in a weight.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
NEW_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
NEW_DIGITS = "012356789"

SLOTS = {"L": LETTERS, "D": DIGITS, "l": NEW_LETTERS, "d": NEW_DIGITS}

HIGHWAY = "Highway Bureau: letters of the series since 2012"
OLD_RULE = "Bureau's old rule: plates of 1992 to 2012"
ASSUMED = "assumed: no published rule found"

_PLACE = re.compile(r"\[([A-Z0-9-]+)\]|(.)")


@dataclass(frozen=True)
class PlateForm:
    """One generation or class of plates.

    ``slots`` names, for each character in order, which characters may stand there:
    ``L`` any letter, ``D`` any digit, ``l`` a letter of the series since 2012 (no I, no
    O), ``d`` a digit of them (no 4), ``[A-DK]`` one of these, any other character
    itself. ``in_use`` is how many such plates are on the road and ``share`` how many of
    a hundred passing vehicles carry one, both to the order of magnitude. Where the
    numbers in use are strewn over all that are possible, ``in_use`` is the possible
    ones. ``vehicles`` are the types that carry it, empty where the words of
    `matching.evidence` have none. ``mark`` is the Chinese character in front.
    """

    name: str
    label: str
    slots: str
    vehicles: tuple[str, ...]
    in_use: float
    share: float
    source: str = ASSUMED
    since: int | None = None
    until: int | None = None
    mark: str = ""

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The characters that may stand at each place."""
        return tuple(_allowed(found) for found in _PLACE.finditer(self.slots))

    def fits(self, plate: str) -> bool:
        """Tell whether a plain plate has this form; ``?`` stands for any character."""
        return len(plate) == len(self.places) and all(
            character == "?" or character in allowed
            for character, allowed in zip(plate, self.places, strict=True)
        )

    @property
    def frequency(self) -> float:
        """How often one given plate of this form is among passing vehicles."""
        return self.share / self.in_use


def _allowed(found: re.Match[str]) -> str:
    if found[2]:
        return SLOTS.get(found[2], found[2])
    ranged = re.sub(
        r"([A-Z0-9])-([A-Z0-9])",
        lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))),
        found[1],
    )
    return "".join(c for c in ranged if c not in "IO")


_CAR = ("sedan", "suv", "van", "truck")
_TWO_WHEELS = ("scooter", "heavy-motorcycle")

_Row = tuple[str, str, str, tuple[str, ...], float, float]

_SINCE_2012: Sequence[_Row] = (
    ("car-2012", "自用小客貨車 ABC-1235", "[A-DFGUV]lldddd", _CAR, 4.4e6, 0.42),
    ("accessible-2012", "身心障礙者專用車 WAC-1235", "W[A-E]ldddd", _CAR, 1e5, 0.007),
    ("rental-2012", "租賃小客貨車 RAA-1235", "Rlldddd", _CAR, 2e5, 0.03),
    ("taxi-2012", "營業小客車 TAA-1235", "Tlldddd", ("taxi",), 7e4, 0.02),
    ("truck-own", "自用大貨車 KEA-1235", "K[E-HS]ldddd", ("truck",), 6e4, 0.006),
    ("truck-2012", "營業大貨車 KLA-1235", "K[LMR]ldddd", ("truck",), 5e4, 0.008),
    ("tractor-2012", "營業貨櫃曳引車 KNA-1235", "KNldddd", ("truck",), 1e4, 0.003),
    ("light-truck", "營業小貨車 KPA-1235", "K[PT]ldddd", ("truck", "van"), 2e4, 0.004),
    ("bus-own", "自用大客車 KJA-1235", "KJldddd", ("bus",), 4e3, 0.0005),
    ("bus-2012", "營業大客車 KKA-1235", "KKldddd", ("bus",), 1.6e4, 0.005),
    ("coach-2012", "遊覽車 KAA-1235", "K[A-D]ldddd", ("bus",), 1.5e4, 0.003),
    ("commuter-bus", "交通車 KQA-1235", "KQ[A-D]dddd", ("bus",), 1e3, 0.0002),
    ("trailer-2012", "拖車 HAA-1235", "H[A-D]ldddd", (), 3e4, 0.004),
    ("bike-2012", "普通重型機車 MAA-1235", "[JMNPX-Z]lldddd", ("scooter",), 6e6, 0.12),
    ("bike-later-h", "機車後續字軌", "[HSW][F-Z]ldddd", ("scooter",), 3e5, 3e-4),
    ("bike-later-l", "機車後續字軌", "[LQ][N-Z]ldddd", ("scooter",), 3e5, 3e-4),
    ("bike-later-k", "機車後續字軌", "K[U-Z]ldddd", ("scooter",), 3e5, 3e-4),
    (
        "bike-yellow", "大型重型機車（黃牌） LAA-1235", "[L][A-F]ldddd",
        ("heavy-motorcycle",), 1.5e5, 0.004,
    ),
    (
        "bike-red", "550cc 以上大型重型機車（紅牌） LGA-1235", "[L][G-M]ldddd",
        ("heavy-motorcycle",), 8e4, 0.003,
    ),
    ("bike-light", "普通輕型機車 QAA-1235", "Q[A-M]ldddd", ("scooter",), 2e5, 0.003),
    ("bike-small", "小型輕型機車 SAA-1235", "S[A-E]ldddd", ("scooter",), 3e4, 0.0003),
    (
        "electric-car", "電動小客車 EAA-1235", "E[A-L]ldddd",
        (*_CAR, "taxi", "bus"), 1e5, 0.01,
    ),
    (
        "electric-heavy", "電動大型重型機車 EMA-1235", "EM[A-C]dddd",
        ("heavy-motorcycle",), 1e3, 0.0001,
    ),
    (
        "electric-bike", "電動普通重型機車 EMD-1235", "E[M-V]ldddd", ("scooter",),
        6e5, 0.012,
    ),
    (
        "electric-light", "電動輕型機車 EWA-1235", "E[W-Z]ldddd", ("scooter",),
        1e5, 0.002,
    ),
)  # fmt: skip

_BEFORE_2012: Sequence[_Row] = (
    ("car-2+4", "舊式汽車 AB-1234", "LLDDDD", _CAR, 1.2e6, 0.08),
    ("car-4+2", "舊式汽車 1234-AB", "DDDDLL", _CAR, 1.8e6, 0.12),
    ("car-digit-letter", "舊式汽車 1A-2345", "DLDDDD", _CAR, 8e5, 0.05),
    ("car-letter-digit", "舊式汽車 A1-2345", "LDDDDD", _CAR, 6e5, 0.03),
    (
        "large-3+2", "舊式營業車、大型車 123-AB", "DDDLL", ("taxi", "bus", "truck"),
        6e4, 0.01,
    ),
    (
        "large-2+3", "舊式營業車、大型車 AB-123", "LLDDD", ("taxi", "bus", "truck"),
        6e4, 0.01,
    ),
    ("large-letter-digit", "舊式大型車 A1-234", "LDDDD", ("bus", "truck"), 2e4, 0.001),
    ("large-digit-letter", "舊式大型車 1A-234", "DLDDD", ("bus", "truck"), 2e4, 0.001),
    ("trailer-2+2", "舊式拖車 AB-12", "LLDD", (), 1e4, 0.001),
    ("trailer-back", "舊式拖車 12-AB", "DDLL", (), 1e4, 0.001),
    ("bike-3+3", "舊式機車 ABC-123", "LLLDDD", _TWO_WHEELS, 6e6, 0.07),
    ("bike-3-3", "舊式機車 123-ABC", "DDDLLL", _TWO_WHEELS, 3e6, 0.04),
    ("bike-letters-digit", "舊式機車 AB1-234", "LLDDDD", ("scooter",), 1e6, 0.01),
    ("bike-letter-digits", "舊式機車 A12-345", "LDDDDD", ("scooter",), 5e5, 0.005),
)  # fmt: skip

_MARKED: Sequence[tuple[str, _Row]] = (
    ("軍", ("military", "軍用車 軍A-12345", "LDDDDD", (), 2e4, 0.0005)),
    ("軍", ("military-digits", "軍用戰術車 軍1-12345", "DDDDDD", (), 1e4, 0.0001)),
    ("臨", ("temporary", "臨時號牌 臨12345", "DDDDD", (), 1e4, 0.0002)),
    ("臨", ("temporary-letter", "臨時號牌 臨A1234", "LDDDD", (), 1e4, 0.0001)),
    ("試", ("test", "試車號牌 試1234", "DDDD", (), 3e3, 0.0001)),
    ("試", ("test-letter", "試車號牌 試A123", "LDDD", (), 1e3, 0.00005)),
    ("使", ("embassy", "使館車 使1234", "DDDD", _CAR, 5e2, 0.00002)),
    ("外", ("foreign", "外交車 外1234", "DDDD", _CAR, 2e3, 0.0001)),
    ("外", ("foreign-letter", "外交車 外A123", "LDDD", _CAR, 1e3, 0.00002)),
    ("領", ("consulate", "領事車 領1234", "DDDD", _CAR, 1e2, 0.00001)),
    ("農", ("farm", "農業機械 農123456", "DDDDDD", (), 1e4, 0.00005)),
)

_CHOSEN = PlateForm(
    "chosen", "選號或例外：有 4、I 或 O 的新式號牌", "LLLDDDD", (), 1.8e8, 0.001,
    "assumed: plates with a 4, and rarely an I or O, are seen although the series has "
    "none; strewn over all combinations", 2012,
)  # fmt: skip

FORMS = (
    *(PlateForm(*row, source=HIGHWAY, since=2012) for row in _SINCE_2012),
    _CHOSEN,
    *(PlateForm(*row, source=OLD_RULE, since=1992, until=2012) for row in _BEFORE_2012),
    *(PlateForm(*row, mark=mark) for mark, row in _MARKED),
)
"""Every form that is known; a reading that fits none is kept all the same."""

MARKS = frozenset(form.mark for form in FORMS if form.mark)
"""Chinese characters that stand in front of plates of one class."""
