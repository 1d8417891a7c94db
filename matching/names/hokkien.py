"""How the commonest surnames of Taiwan are said in Hokkien.

In the official romanisation without tones, spoken and read forms. Written down here for
surnames alone: the tables of whole dictionaries are under a licence that asks for the
same of whatever holds them.
"""

from collections.abc import Mapping
from functools import cache

_SURNAMES = (
    "陳 tan; 林 lim; 黃 ng,ong; 張 tiunn; 李 li; 王 ong; 吳 ngoo,goo; 劉 lau; "
    "蔡 tshua; 楊 iunn; 許 khoo; 鄭 tenn,tinn; 謝 tsia; 洪 ang; 郭 kueh,keh; "
    "邱 khu; 曾 tsan; 廖 liau; 賴 lua; 徐 tshi; 周 tsiu; 葉 iap; 蘇 soo; 莊 tsng; "
    "呂 lu,li; 江 kang; 何 ho; 蕭 siau; 羅 lo; 高 ko; 潘 phuann; 簡 kan; 朱 tsu; "
    "鍾 tsiong; 彭 phenn,phinn; 游 iu; 詹 tsiam; 胡 oo; 施 si; 沈 sim; 余 u,i; "
    "盧 loo; 梁 niu; 趙 tio; 顏 gan; 柯 kua; 翁 ang,ong; 魏 gui; 孫 sng,sun; 戴 te; "
    "范 huan; 方 png,hong; 宋 song; 鄧 ting; 杜 too; 傅 poo; 侯 hau; 曹 tso; "
    "薛 sih; 丁 ting; 卓 toh; 馬 ma,be; 董 tang; 唐 tng; 藍 na; 石 tsioh; "
    "蔣 tsiunn; 古 koo; 紀 ki; 姚 iau; 連 lian; 馮 hong,pang; 歐 au; 程 thiann; "
    "湯 thng; 康 khng; 姜 kiong; 白 peh; 汪 ong; 尤 iu; 鄒 tsau; 巫 bu; 涂 too; "
    "阮 ng; 龔 king"
)
_ABROAD = {
    "tan": "tan", "teo": "tiunn", "tiu": "tiunn", "goh": "goo", "koh": "ko", "ng": "ng",
    "chua": "tshua", "teh": "tenn", "yeo": "iunn", "low": "lau", "chan": "tsan",
}  # fmt: skip
"""Spellings of the Hokkien abroad that differ from the official romanisation."""


@cache
def hokkien() -> Mapping[str, frozenset[str]]:
    """Give each listed surname its readings."""
    entries = (entry.split() for entry in _SURNAMES.split(";"))
    return {name: frozenset(said.split(",")) for name, said in entries}


def official(syllable: str) -> str:
    """Return a romanised syllable as the official romanisation has it."""
    return _ABROAD.get(syllable, syllable)
