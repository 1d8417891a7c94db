"""Why a text is refused as a place, each kind with a sentence in two languages."""

from dataclasses import dataclass

KINDS: dict[str, tuple[str, str]] = {
    "not-a-place": (
        "this reads as no place ({why}): write 25.0478,121.5170, 302200 2770900 or "
        "國道1號 66K+300",
        "無法讀為位置：請寫如 25.0478,121.5170、302200 2770900 或 國道1號 66K+300",
    ),
    "too-long": ("too long for a place: {why}", "文字過長：請只給位置"),
    "unseen-marks": ("{why}", "文字含看不見的控制字元或改變書寫方向的符號：請重新輸入"),
    "not-a-number": (
        "a coordinate cannot be read: {why}",
        "坐標數字無法辨讀：請檢查數字與符號",
    ),
    "sixty": ("{why}: check the minutes and seconds", "分或秒達60以上：請檢查"),
    "half-a-pair": ("{why}: give two numbers", "只有一個坐標：請給經度與緯度兩數"),
    "nan": ("{why}", "坐標不是數值：請給兩個有限的數字"),
    "zero": ("{why}", "坐標為 0,0：裝置未定位，請留空"),
    "swapped": ("{why}", "所標經緯度似乎顛倒：請確認何者為經度"),
    "outside": ("{why}", "不在臺灣範圍內：請檢查數字與坐標系統"),
    "no-reading": (
        "several ways to read this, and none lands where it should ({why}): state the "
        "county or the CRS",
        "有數種讀法而皆不在合理縣市：請指明縣市或坐標系統",
    ),
    "two-readings": (
        "two ways to read this land in a county ({why}): state the county or the CRS",
        "有兩種讀法皆落在縣市內：請指明縣市或坐標系統",
    ),
    "far-from-county": (
        "in no county, and far from the one named ({why})",
        "不在任何縣市，且距所稱縣市甚遠",
    ),
    "unknown-county": ("{why}", "查無此縣市代碼或名稱"),
    "wrong-crs": (
        "not in Taiwan, or contradictory, in the reference system stated: {why}",
        "與所指明之坐標系統不符",
    ),
    "crs": ("{why}", "坐標系統無法使用：請用EPSG:4326、3826或3825"),
    "twd67": ("{why}", "TWD67舊基準與TWD97相差約854公尺：請提供轉換參數或先行轉換"),
    "no-road": ("{why}", "有公里數而無路名：請寫如 國道1號 66K+300"),
    "not-a-kilometre": ("{why}", "里程無法辨讀：請寫如 66K+300、66.3K 或 66公里300"),
    "unknown-road": ("{why}", "未載入此路之門架里程：請先載入門架資料"),
    "no-such-direction": ("{why}", "此路無此方向：請檢查路名與方向"),
    "outside-posts": ("{why}", "里程超出此路門架範圍：不外推"),
}
"""English and Chinese for each kind; ``why`` is what the reader found."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is no place.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    why, why_zh
        What is wrong and what to do, in one sentence. The text is not repeated;
        numbers of a coordinate are.
    """

    kind: str
    why: str
    why_zh: str


def refusal_of(kind: str, why: str) -> Refusal:
    """Make a refusal of a kind and what the reader found."""
    english, chinese = KINDS[kind]
    return Refusal(kind, english.format(why=why), chinese)
