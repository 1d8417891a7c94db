"""What is mended when a place is read, each with a sentence in two languages.

A name here is also what importing counts; a mended place is never given without it.
"""

from dataclasses import dataclass

FULL_WIDTH = "full-width digits"
INVISIBLE = "invisible marks"
COMMAS = "number with commas"
SIXTIES = "degrees and minutes"
MARKS_LEFT_OUT = "marks left out"
TWO_NUMBERS = "two numbers: the first is the address"
LAT_FIRST = "latitude first"
SWAPPED = "degrees swapped"
NORTH_FIRST = "metres: x and y swapped"
ZONE_119 = "metres: zone 119"
NORTH_FIRST_119 = "metres: x and y swapped, zone 119"
SHIFTED = "TWD67 moved"
OTHER_COUNTY = "another county"
BETWEEN_POSTS = "between two posts"

REPAIRS: dict[str, tuple[str, str]] = {
    FULL_WIDTH: (
        "full-width characters were read as plain ones: {given} as {made}",
        "全形字元讀作半形：{given}讀作{made}",
    ),
    INVISIBLE: (
        "marks that nobody sees were left out ({given}): {made}",
        "略去看不見的符號（{given}）：{made}",
    ),
    COMMAS: (
        "commas within {given} group its digits: {made}",
        "{given}中的逗號為千分位：{made}",
    ),
    SIXTIES: (
        "{given} are degrees, minutes and seconds: {made} degrees",
        "{given}為度分秒：{made}度",
    ),
    MARKS_LEFT_OUT: (
        "{given} has no marks between its numbers, read as degrees, minutes, seconds: "
        "{made} degrees",
        "{given}未標度分秒符號，依序讀作度、分、秒：{made}度",
    ),
    TWO_NUMBERS: (
        "of the two numbers in {given} the first is the place: {made}",
        "{given}有兩個數字，取第一個：{made}",
    ),
    LAT_FIRST: (
        "{given} has the latitude first, as maps write it: {made}",
        "{given}先寫緯度，如一般地圖：{made}",
    ),
    SWAPPED: (
        "{given} has longitude and latitude the wrong way round: {made}",
        "{given}經緯度顛倒：{made}",
    ),
    NORTH_FIRST: (
        "{given} has the northing first: {made}",
        "{given}先寫縱坐標：{made}",
    ),
    ZONE_119: (
        "{given} was taken for zone 119, the only one that lands where it should: "
        "{made}",
        "{given}僅以119分帶落在合理之處：{made}",
    ),
    NORTH_FIRST_119: (
        "{given} has the northing first and was taken for zone 119, the only one that "
        "lands where it should: {made}",
        "{given}先寫縱坐標，且僅以119分帶落在合理之處：{made}",
    ),
    SHIFTED: (
        "{given} on the old datum TWD67 was moved by the shift given: {made}",
        "{given}屬TWD67，依所給參數轉換：{made}",
    ),
    OTHER_COUNTY: (
        "the place lies in {made}, not in {given} as said; the coordinates are "
        "believed",
        "此處位於{made}，並非所稱之{given}；以坐標為準",
    ),
    BETWEEN_POSTS: (
        "the place was drawn on the straight line between the posts {given}: {made}",
        "於{given}兩里程點間以直線內插：{made}",
    ),
}
"""English and Chinese for each name; ``given`` is what stood there, ``made`` what it
was taken for."""


@dataclass(frozen=True, slots=True)
class PlaceRepair:
    """One thing that was mended.

    Attributes
    ----------
    name
        One of ``REPAIRS``.
    given, made
        What stood there, and what was made of it.
    """

    name: str
    given: str
    made: str

    @property
    def why(self) -> str:
        """Tell it in one English sentence."""
        return REPAIRS[self.name][0].format(given=self.given, made=self.made)

    @property
    def why_zh(self) -> str:
        """Tell it in one sentence of Traditional Chinese."""
        return REPAIRS[self.name][1].format(given=self.given, made=self.made)
