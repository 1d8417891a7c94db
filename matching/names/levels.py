"""The levels of comparing names, the best first, and how alike each makes two names."""

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "same": "寫法完全相同",
    "variant": "異體字、簡繁體或大小寫之別",
    "married": "去掉冠夫姓後相同",
    "same-sound": "國語讀音相同（不計聲調），含羅馬拼音與姓名對調",
    "near-sound": "讀音相近，臺灣口音、臺語讀音或拼寫略異",
    "look-alike": "字形相近",
    "reordered": "字相同而次序不同",
    "one-missing": "缺一字、多一字或有一字不明",
    "nickname": "暱稱或只有名字的一部分",
    "one-other": "同姓，名字一字不同",
    "given": "名字相同而姓不同",
    "surname": "只有姓相同",
    "different": "不同",
}
"""What each level says, in the words a detective reads."""

LEVELS = tuple(LABELS)

(
    SAME, VARIANT, MARRIED, SAME_SOUND, NEAR_SOUND, LOOK_ALIKE, REORDERED, ONE_MISSING,
    NICKNAME, ONE_OTHER, GIVEN, SURNAME, DIFFERENT,
) = range(len(LEVELS))  # fmt: skip

_LOWEST = (1.0, 0.98, 0.95, 0.88, 0.76, 0.68, 0.60, 0.50, 0.42, 0.32, 0.22, 0.12, 0.0)
_GAP = 0.005
"""Between the best of a level and the worst of the next better one."""


def similarity_of(rank: int, likeness: float) -> float:
    """Place a likeness from 0 to 1 in the band of a level, counted from the best."""
    if rank == SAME:
        return 1.0
    lowest, highest = _LOWEST[rank], _LOWEST[rank - 1] - _GAP
    return lowest + (highest - lowest) * min(1.0, max(0.0, likeness))
