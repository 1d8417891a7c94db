"""The roads of the scenario: classes, and the waypoints each road runs through."""

from dataclasses import dataclass
from enum import StrEnum


class RoadClass(StrEnum):
    """What kind of road it is."""

    FREEWAY = "freeway"
    EXPRESSWAY = "expressway"
    PROVINCIAL = "provincial"
    STREET = "street"
    LINK = "link"


SPEED_KMH = {
    RoadClass.FREEWAY: 92.0,
    RoadClass.EXPRESSWAY: 74.0,
    RoadClass.PROVINCIAL: 48.0,
    RoadClass.STREET: 31.0,
    RoadClass.LINK: 33.0,
}
"""Usual travelling speed in light traffic. Source: a guess from the speed limits."""

CAMERA_EVERY_KM = {
    RoadClass.FREEWAY: 5.5,
    RoadClass.EXPRESSWAY: 6.0,
    RoadClass.PROVINCIAL: 7.0,
    RoadClass.STREET: 6.0,
}
"""A camera stands at each waypoint and again when the next is much farther off."""

NO_SCOOTERS = frozenset({RoadClass.FREEWAY, RoadClass.EXPRESSWAY})
"""Where motorcycles may not go. Source: 道路交通管理處罰條例 §33, §92; large
motorcycles may use expressways, which the scenario leaves out."""


@dataclass(frozen=True, slots=True)
class Road:
    """A road; ``forward`` is the direction in which its waypoints are listed."""

    name: str
    kind: RoadClass
    forward: str
    backward: str
    waypoints: tuple[str, ...]


_ROADS = """
國道一號 freeway 南下 北上 基隆交流道 八堵交流道 五堵交流道 汐止交流道 東湖交流道 \
內湖交流道 圓山交流道 臺北交流道 三重交流道 五股交流道 林口交流道 桃園交流道 \
機場系統交流道 內壢交流道 中壢交流道 平鎮系統交流道 幼獅交流道 楊梅交流道 湖口交流道 \
竹北交流道 新竹交流道 科學園區交流道 新竹系統交流道 頭份交流道 頭屋交流道 苗栗交流道 \
銅鑼交流道 三義交流道
國道二號 freeway 東向 西向 機場端 大竹交流道 機場系統交流道 南桃園交流道 大湳交流道 \
鶯歌系統交流道
國道三號 freeway 南下 北上 基金交流道 瑪東系統交流道 汐止系統交流道 南港交流道 \
南港系統交流道 木柵交流道 新店交流道 安坑交流道 中和交流道 土城交流道 樹林交流道 \
三鶯交流道 鶯歌系統交流道 大溪交流道 龍潭交流道 關西交流道 竹林交流道 寶山交流道 \
新竹系統交流道 茄苳交流道 香山交流道 西濱交流道 竹南交流道 大山交流道 後龍交流道 \
通霄交流道 苑裡交流道
國道五號 freeway 南下 北上 南港系統交流道 石碇交流道 坪林交流道 頭城交流道 宜蘭交流道 \
羅東交流道 蘇澳交流道
台61線 expressway 南下 北上 八里 林口下福 竹圍漁港 觀音北 觀音南 永安漁港 新豐西濱 \
鳳岡 南寮 香山西濱 南港里西濱 龍鳳漁港 外埔漁港 白沙屯 通霄西濱 苑裡西濱
台64線 expressway 東向 西向 八里 五股疏洪道 板橋車站 中和臺64 新店市區
台65線 expressway 南下 北上 五股交流道 新莊中環路 板橋臺65 土城交流道
台66線 expressway 東向 西向 觀音工業區 新屋市區 平鎮系統交流道 大溪交流道
台68線 expressway 東向 西向 南寮 新竹交流道 竹林交流道 竹東市區
台1線 provincial 南下 北上 臺北車站 三重市區 新莊市區 迴龍 龜山市區 桃園市區 \
中壢市區 平鎮市區 楊梅市區 湖口市區 竹北市區 新竹市區 香山市區 竹南市區 造橋 後龍市區 \
通霄市區 苑裡市區
台2線 provincial 南下 北上 淡水市區 基金交流道 基隆市區 瑞芳市區 福隆 頭城市區
台3線 provincial 南下 北上 龍潭市區 關西市區 竹東市區 頭份市區
台5線 provincial 西向 東向 基隆市區 七堵市區 汐止市區 南港車站
台9線 provincial 南下 北上 公館 景美 新店市區 坪林市區 礁溪市區 宜蘭市區 羅東市區 \
冬山市區 蘇澳市區
台13線 provincial 南下 北上 頭份市區 造橋 苗栗市區 公館市區 三義市區
台15線 provincial 南下 北上 大園市區 觀音工業區 永安漁港 新豐市區 竹北市區
桃114線 provincial 東向 西向 新屋市區 楊梅市區 龍潭市區
忠孝東路 street 東向 西向 臺北車站 市政府 南港車站
中山北路 street 北向 南向 臺北車站 士林市區 北投市區 淡水市區
羅斯福路 street 南向 北向 臺北車站 公館 永和市區 中和市區 板橋車站
民權東路 street 東向 西向 臺北車站 松山機場 內湖市區 南港車站
基隆路 street 南向 北向 松山機場 市政府 公館
環河北路 street 北向 南向 三重市區 蘆洲市區 五股疏洪道
縣民大道 street 西向 東向 三重市區 板橋車站 土城市區 三峽市區 鶯歌市區 八德市區 桃園市區
新北大道 street 西向 東向 新莊市區 板橋車站
春日路 street 北向 南向 桃園市區 南崁 大園市區
中華路 street 南向 北向 桃園市區 八德市區 大溪市區 龍潭市區
光復路 street 東向 西向 新竹北區 新竹市區 清華大學
中正路 street 東向 西向 竹南市區 頭份市區
龜林路 street 北向 南向 龜山市區 林口市區
"""

_LINKS = """
基隆交流道 基隆市區 | 八堵交流道 七堵市區 | 五堵交流道 七堵市區 | 汐止交流道 汐止市區
東湖交流道 南港車站 | 內湖交流道 內湖市區 | 圓山交流道 士林市區 | 圓山交流道 松山機場
臺北交流道 臺北車站 | 三重交流道 三重市區 | 三重交流道 蘆洲市區 | 五股交流道 新莊市區
林口交流道 林口市區 | 桃園交流道 南崁 | 桃園交流道 桃園市區 | 內壢交流道 中壢市區
中壢交流道 中壢市區 | 幼獅交流道 楊梅市區 | 楊梅交流道 楊梅市區 | 湖口交流道 湖口市區
竹北交流道 竹北市區 | 新竹交流道 清華大學 | 科學園區交流道 清華大學
頭份交流道 頭份市區 | 頭屋交流道 苗栗市區 | 苗栗交流道 公館市區 | 三義交流道 三義市區
機場端 大園市區 | 南桃園交流道 桃園市區 | 大湳交流道 八德市區 | 基金交流道 基隆市區
汐止系統交流道 汐止交流道 | 南港交流道 南港車站 | 木柵交流道 景美 | 新店交流道 新店市區
安坑交流道 新店市區 | 中和交流道 中和市區 | 土城交流道 土城市區 | 三鶯交流道 三峽市區
三鶯交流道 鶯歌市區 | 大溪交流道 大溪市區 | 龍潭交流道 龍潭市區 | 關西交流道 關西市區
茄苳交流道 清華大學 | 香山交流道 香山市區 | 西濱交流道 竹南市區 | 竹南交流道 竹南市區
後龍交流道 後龍市區 | 通霄交流道 通霄市區 | 苑裡交流道 苑裡市區
石碇交流道 景美 | 坪林交流道 坪林市區 | 頭城交流道 頭城市區 | 頭城交流道 礁溪市區
宜蘭交流道 宜蘭市區 | 羅東交流道 羅東市區 | 蘇澳交流道 冬山市區 | 蘇澳交流道 蘇澳市區
八里 淡水市區 | 竹圍漁港 大園市區 | 南寮 新竹北區 | 香山西濱 香山市區
龍鳳漁港 竹南市區 | 外埔漁港 後龍市區 | 通霄西濱 通霄市區 | 苑裡西濱 苑裡市區
中和臺64 中和市區 | 板橋臺65 板橋車站 | 板橋臺65 土城市區 | 新莊中環路 新莊市區
新豐西濱 新豐市區 | 龍鳳漁港 西濱交流道 | 鳳岡 竹北市區 | 新竹市區 香山市區
新豐市區 湖口市區
"""


def _roads(text: str) -> tuple[Road, ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(
        Road(name, RoadClass(kind), forward, backward, tuple(waypoints))
        for name, kind, forward, backward, *waypoints in rows
    )


def _links(text: str) -> tuple[Road, ...]:
    pairs = text.strip().replace("\n", "|").split("|")
    return tuple(
        Road("聯絡道", RoadClass.LINK, "往", "返", tuple(pair.split()))
        for pair in pairs
    )


ROADS = _roads(_ROADS) + _links(_LINKS)
"""Every road. Source: public courses of the roads, with most places left out; the
streets stand for a whole bundle of them. Links have no cameras."""
