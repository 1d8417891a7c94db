"""Which column is what: the names we know, for each field of each kind of file.

A guess is always told in the notes. Two columns for one field are never chosen
between for coordinates; a person names them then.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from data.errors import FileRefused
from data.importers.documents import GEOMETRY_X, GEOMETRY_Y
from data.importers.parsed import LoadKind, Options
from data.text import fold

_PLACE = {
    "lng": (
        "lng lon long longitude longitude_4326 wgs84lng wgs84lon wgs84_lng "
        "wgs84_lon wgs84x gps_lng gps_lon positionlon px lng_wgs84 經度 東經 "
        "經度(wgs84) 經度wgs84 wgs84經度 gps經度 經度座標 經度坐標"
    ),
    "lat": (
        "lat latitude latitude_4326 wgs84lat wgs84_lat wgs84y gps_lat "
        "positionlat py lat_wgs84 緯度 北緯 緯度(wgs84) 緯度wgs84 wgs84緯度 gps緯度 "
        "緯度座標 緯度坐標"
    ),
    "x": (
        "x point_x pointx coord_x x_coord tm2x tm_x twd97x twd97_x twd97tm2x "
        "easting x坐標 x座標 坐標x 座標x 橫坐標 橫座標 twd97橫坐標 twd97經度"
    ),
    "y": (
        "y point_y pointy coord_y y_coord tm2y tm_y twd97y twd97_y twd97tm2y "
        "northing y坐標 y座標 坐標y 座標y 縱坐標 縱座標 twd97縱坐標 twd97緯度"
    ),
    "county": (
        "county countyname county_name city cityname city_name 縣市 縣市別 縣市名稱 "
        "設置縣市 所在縣市 行政區縣市 "
        "countiesandcitieswherethemonitoringpointsarelocated"
    ),
    "town": (
        "town townname town_name district regionname region 鄉鎮市區 鄉鎮 行政區 區 "
        "設置市區鄉鎮 鄉鎮區 "
        "administrativedistrictwherethemonitoringpointislocated"
    ),
    "address": (
        "address addr location place query 地址 住址 安裝地址 設置地址 設置地點 "
        "設置位置 裝設地點 裝設地址 設備位置 地點 發生地點 失竊地點 失竊地址 案發地點 "
        "位置 locationdescription"
    ),
}

_SITE = {
    "source_id": (
        "id site_id siteid camera_id cameraid cctvid device_id deviceid atm_id "
        "atmid gantryid gantry_id station_id code 編號 設備編號 設備代號 攝影機編號 "
        "攝影機代碼 鏡頭編號 監視器編號 門架編號 機號 機台編號 代碼"
    ),
    "name": (
        "name title cameraname camera_name sitename site_name stationname "
        "videosurveillancestationname roadname 名稱 中文單位名稱 單位名稱 站名 "
        "機關名稱 攝影機名稱 監視器名稱 分行名稱 裝設地點名稱"
    ),
    "name_en": "name_en english_name 英文單位名稱 英文名稱",
    "direction": (
        "direction direct bearing roaddirection 方向 攝影方向 拍攝方向 拍攝方位"
    ),
    "limit": "limit speed_limit speedlimit speed_limit_kmh 速限 速限(km/h) 限速",
    "road": "road roadid route 國道別 道路 路線 路線編號 國道編號",
    "toll_zone": "設定收費區代碼 收費區代碼 toll_zone",
    "unit": (
        "deptnm agency unit dept 所屬單位 管轄單位 管轄警局 警察局 主管機關 管理單位"
    ),
    "branch": "branchnm branch 管轄分局 分局 單位",
    "phone": "phone telephone tel 電話 聯絡電話",
    "bank": "bank bank_name 銀行 金融機構 裝設金融機構 金融機構名稱",
    "reads_plates": "reads_plates lpr anpr 車牌辨識 車辨",
    "kind": "site_kind kind 類型 設備類型",
    "online_from": "online_from in_service_from 啟用日期 啟用時間 設置日期 裝設日期",
    "online_until": "online_until in_service_until 停用日期 停用時間 拆除日期 撤除日期",
}

_REPORT = {
    "number": (
        "case_number case_no caseno case number report_id 編號 案號 案件編號 受理編號"
    ),
    "category": "category crime type_of_crime offence 案類 案類別 案件類別 案由",
    "kind": "kind report_kind 報案類別 通報類別",
    "date": "date event_date 發生日期 失竊日期 案發日期 日期",
    "window": "hours window time_window 發生時段 失竊時段 時段",
    "event_from": (
        "event_from event_at from occurred_at stolen_at start 失竊時間 發生時間 "
        "案發時間 失竊時間起 發生時間起 起時"
    ),
    "event_to": "event_to to until end 失竊時間迄 發生時間迄 迄時",
    "reported_at": (
        "reported_at report_time reported 報案時間 受理時間 通報時間 報案日期"
    ),
    "agency": (
        "agency agency_id county_code reporting_agency 受理單位 受理機關 報案單位 "
        "承辦單位 受理警局 單位"
    ),
    "plate": (
        "plate plate_number licence_plate license_plate 車牌 車牌號碼 車號 牌照號碼"
    ),
    "type": "type vehicle_type 車種 車輛種類 車型種類 車別",
    "colour": "colour color vehicle_colour 顏色 車色 車身顏色",
    "make": "make brand 廠牌 品牌 車廠",
    "model": "model 型號 車型 款式",
    "text": "text remarks remark note notes 備註 說明 案情摘要",
    "person": "person_name missing_name 姓名 失蹤人姓名",
    "sex": "sex gender 性別",
    "birth_date": "birth_date date_of_birth 出生日期 生日",
    "clothing": "clothing 衣著 衣著特徵 穿著",
    "age": "age ages 年齡 年紀 推估年齡",
    "height": "height height_cm 身高",
    "build": "build 體型 體格",
    "marks": "marks 特徵 身體特徵 明顯特徵 隨身物品",
    "dementia": "dementia 失智",
    "contact_name": "contact contact_name 聯絡人 家屬姓名",
    "contact_phone": "contact_phone phone 聯絡電話 家屬電話",
    "contact_relation": "contact_relation relation 關係 與失蹤人關係",
    "error_m": "error_m accuracy_m 誤差 誤差公尺",
}

_READ = {
    "camera_id": (
        "camera_id camera cameraid device_id deviceid site_id gantry_id 攝影機 "
        "攝影機編號 攝影機代碼 鏡頭編號 設備編號 門架編號 設備代號"
    ),
    "at": (
        "at time timestamp datetime read_at captured_at 時間 通過時間 辨識時間 過車時間"
    ),
    "plate": (
        "plate plate_raw plate_number licence_plate license_plate 車牌 車牌號碼 車號"
    ),
    "confidence": "confidence probability 信心 信心度 辨識率 信心值",
    "vehicle_type": "vehicle_type type 車種 車輛種類 車別",
    "colour": "colour color 顏色 車色 車身顏色",
    "sequence": "sequence seq 序號 流水號",
}

_COMMON = {name: _PLACE[name] for name in ("lng", "lat", "x", "y")}
FIELDS: Mapping[LoadKind, Mapping[str, str]] = {
    LoadKind.CAMERAS: _PLACE | _SITE,
    LoadKind.ATMS: _PLACE | _SITE,
    LoadKind.STATIONS: _PLACE | _SITE,
    LoadKind.REPORTS: _PLACE | _REPORT,
    LoadKind.HOTLIST: _PLACE | _REPORT,
    LoadKind.READS: _COMMON | _READ,
}
"""For each kind of file the known column names of each field, blank-separated.

Case, width, spaces, underscores, dashes and dots of a name do not matter.
"""

NEEDED: Mapping[LoadKind, tuple[tuple[str, ...], ...]] = {
    LoadKind.CAMERAS: (("lng", "x", "address"),),
    LoadKind.ATMS: (("lng", "x", "address"),),
    LoadKind.STATIONS: (("lng", "x", "address"),),
    LoadKind.REPORTS: (("date", "event_from"), ("address", "lng", "x")),
    LoadKind.HOTLIST: (("plate",), ("date", "event_from")),
    LoadKind.READS: (("camera_id", "lng", "x"), ("at",), ("plate",)),
}
"""Of each group at least one field must be there."""

COORDINATES = ("lng", "lat", "x", "y")
_NOISE = re.compile(r"[\s_\-.]+")


def plain_name(name: str) -> str:
    """Give a column name without case, width, spaces, dashes and dots."""
    return _NOISE.sub("", fold(name)).lower()


def _known(kind: LoadKind) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, names in FIELDS[kind].items():
        for name in {plain_name(name) for name in names.split()}:
            fields.setdefault(name, []).append(field)
    return fields


_KNOWN = {kind: _known(kind) for kind in LoadKind}


def knower(kind: LoadKind, options: Options) -> Callable[[str], bool]:
    """Make the test for column names that a kind of file has a use for."""
    given = {plain_name(name) for name in (options.lng_col, options.lat_col) if name}
    known = _KNOWN[kind].keys() | given

    def is_known(name: str) -> bool:
        return plain_name(name) in known

    return is_known


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file each field is in.

    ``x`` and ``y`` name the coordinates, whatever their unit; both are None for a
    file without. Other fields are in ``by_field``.
    """

    x: str | None
    y: str | None
    by_field: Mapping[str, str]
    notes: tuple[str, ...]

    def value(self, values: Mapping[str, str], field: str) -> str:
        """Give the folded text of a field, empty where there is none."""
        name = self.by_field.get(field)
        return fold(values.get(name, "")) if name is not None else ""

    def raw(self, values: Mapping[str, str], field: str) -> str:
        """Give the text of a field exactly as the file has it."""
        name = self.by_field.get(field)
        return values.get(name, "") if name is not None else ""

    def pair(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Give the texts of the two coordinates, empty where there are none."""
        if self.x is None or self.y is None:
            return "", ""
        # as written: `geo` folds full-width digits and says so
        return values.get(self.x, "").strip(), values.get(self.y, "").strip()

    def has(self, field: str) -> bool:
        """Say whether the file has a column for a field."""
        return field in self.by_field


def find_columns(
    names: Iterable[str], kind: LoadKind, options: Options, *, path: str
) -> Columns:
    """Find the column of each field of a kind.

    Raises
    ------
    FileRefused
        A needed column is not there, or two could be the same coordinate.
    """
    names = tuple(names)
    found: dict[str, list[str]] = {}
    for name in names:
        for field in _KNOWN[kind].get(plain_name(name), ()):
            found.setdefault(field, []).append(name)
    x, y = _coordinates(found, names, options, path)
    by_field, notes = _others(found, kind)
    present = by_field.keys() | ({"lng", "x"} if x else set())
    for group in NEEDED[kind]:
        if not present & set(group):
            _refuse(path, names, f"no column for {' or '.join(group)}")
    return Columns(x, y, by_field, (*_told(x, y), *notes))


def _others(
    found: Mapping[str, list[str]], kind: LoadKind
) -> tuple[dict[str, str], list[str]]:
    """Take the first known column of each field, and never one column twice."""
    by_field: dict[str, str] = {}
    notes = []
    for field in FIELDS[kind]:
        if field in COORDINATES or field not in found:
            continue
        left = [name for name in found[field] if name not in by_field.values()]
        if left:
            by_field[field] = left[0]
            notes.append(f"column {left[0]!r} read as {field}")
    return by_field, notes


def _coordinates(
    found: Mapping[str, list[str]], names: tuple[str, ...], options: Options, path: str
) -> tuple[str | None, str | None]:
    if options.lng_col or options.lat_col:
        return _named(names, options, path)
    if GEOMETRY_X in names:
        return GEOMETRY_X, GEOMETRY_Y
    for first, second in (("lng", "lat"), ("x", "y")):
        pair = found.get(first, []), found.get(second, [])
        if max(map(len, pair)) > 1:
            both = ", ".join(pair[0] + pair[1])
            _refuse(path, names, f"more than one pair of coordinates: {both}")
        if all(pair):
            return pair[0][0], pair[1][0]
    lone = [found[field][0] for field in COORDINATES if field in found]
    if lone:
        _refuse(path, names, f"half a pair of coordinates: {', '.join(lone)}")
    return None, None


def _named(names: tuple[str, ...], options: Options, path: str) -> tuple[str, str]:
    by_name = {plain_name(name): name for name in reversed(names)}
    chosen = []
    for option, wanted in (
        ("--lng-col", options.lng_col),
        ("--lat-col", options.lat_col),
    ):
        if not wanted or plain_name(wanted) not in by_name:
            _refuse(path, names, f"{option} names no column ({wanted})")
        chosen.append(by_name[plain_name(wanted)])
    return chosen[0], chosen[1]


def _told(x: str | None, y: str | None) -> tuple[str, ...]:
    if x is None:
        return ("no columns with coordinates: places are known by address only",)
    return (f"columns {x!r} and {y!r} read as the coordinates",)


def _refuse(path: str, names: tuple[str, ...], why: str) -> NoReturn:
    there = ", ".join(names[:40])
    raise FileRefused(
        path, f"{why}; its columns are {there}: name them with --lng-col and --lat-col"
    )


def find_coordinates(
    names: Iterable[str], options: Options, *, path: str
) -> tuple[str, str]:
    """Find the two columns of the coordinates in a table of any kind.

    Raises
    ------
    FileRefused
        There is no such pair, or more than one.
    """
    names = tuple(names)
    known = {name: plain_name(name) for name in names}
    found: dict[str, list[str]] = {}
    for field in COORDINATES:
        words = {plain_name(word) for word in _PLACE[field].split()}
        found[field] = [name for name in names if known[name] in words]
    x, y = _coordinates(
        {field: there for field, there in found.items() if there}, names, options, path
    )
    if x is None or y is None:
        _refuse(path, names, "no columns for longitude and latitude")
    return x, y
