"""Made people, and how somebody who only heard or typed their names would write them.

Names are drawn from statistics of real ones: surnames by how many bear them, given
names character by character and sex; no real person's whole name is taken. What sounds
alike is told by libchewing's Taiwanese readings and what looks alike or is a variant by
tables that the matcher does not have, so its own tables are put to the test as well.
Characters of several readings are not misheard, for nobody tells which is usual.
Without those files beside the checkout the shares of `matching.names` are drawn from,
and its own readings are the truth, which flatters it.
"""

import csv
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from matching.names.surnames import double, is_surname
from matching.names.syllables import second, tongyong, wade_giles
from matching.names.tables import mandarin, shares, variants

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "names"
HAKKA = frozenset("彭鍾邱范古涂溫湯饒巫徐傅羅曾魏賴葉劉甘")
"""Surnames that are commoner where Hakka is spoken."""

HAN = re.compile(r"[\u4e00-\u9fff]+")
INITIALS = "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ"
SYSTEMS = {
    "hanyu": "b p m f d t n l g k h j q x zh ch sh r z c s",
    "wade": "p p m f t t n l k k h ch ch hs ch ch sh j ts ts s",
    "tongyong": "b p m f d t n l g k h j c s jh ch sh r z c s",
    "second": "b p m f d t n l g k h j ch sh j ch sh r tz ts s",
}
RIMES = (
    "ㄚ ㄛ ㄜ ㄞ ㄟ ㄠ ㄡ ㄢ ㄣ ㄤ ㄥ ㄦ ㄧ ㄧㄚ ㄧㄝ ㄧㄠ ㄧㄡ ㄧㄢ "
    "ㄧㄣ ㄧㄤ ㄧㄥ ㄨ ㄨㄚ ㄨㄛ ㄨㄞ ㄨㄟ ㄨㄢ ㄨㄣ ㄨㄤ ㄨㄥ ㄩ ㄩㄝ "
    "ㄩㄢ ㄩㄣ ㄩㄥ"
).split()
AFTER = {
    "hanyu": (
        "a o e ai ei ao ou an en ang eng er i ia ie iao iu ian in iang ing "
        "u ua uo uai ui uan un uang ong u ue uan un iong"
    ),
    "wade": (
        "a o e ai ei ao ou an en ang eng erh i ia ieh iao iu ien in iang "
        "ing u ua o uai ui uan un uang ung u ueh uan un iung"
    ),
    "tongyong": (
        "a o e ai ei ao ou an en ang eng er i ia ie iao iou ian in iang ing "
        "u ua uo uai uei uan un uang ong yu yue yuan yun yong"
    ),
    "second": (
        "a o e ai ei au ou an en ang eng er i ia ie iau iou ian in iang ing "
        "u ua uo uai uei uan uen uang ung iu iue iuan iun iung"
    ),
}
ALONE = {
    "hanyu": (
        "a o e ai ei ao ou an en ang eng er yi ya ye yao you yan yin yang "
        "ying wu wa wo wai wei wan wen wang weng yu yue yuan yun yong"
    ),
    "wade": (
        "a o o ai ei ao ou an en ang eng erh i ya yeh yao yu yen yin yang "
        "ying wu wa wo wai wei wan wen wang weng yu yueh yuan yun yung"
    ),
    "tongyong": (
        "a o e ai ei ao ou an en ang eng er yi ya ye yao you yan yin yang "
        "ying wu wa wo wai wei wan wun wang wong yu yue yuan yun yong"
    ),
    "second": (
        "a o e ai ei au ou an en ang eng er yi ya ye yau you yan yin yang "
        "ying wu wa wo wai wei wan wen wang weng yu yue yuan yun yung"
    ),
}
BARE = {  # the syllables without a rime: ㄓ ㄔ ㄕ ㄖ ㄗ ㄘ ㄙ
    "hanyu": "zhi chi shi ri zi ci si",
    "wade": "chih chih shih jih tzu tzu ssu",
    "tongyong": "jhih chih shih rih zih cih sih",
    "second": "jr chr shr r tz tsz sz",
}
ODD = {
    "wade": {
        "ㄍㄜ": "ko", "ㄎㄜ": "ko", "ㄏㄜ": "ho", "ㄍㄨㄛ": "kuo", "ㄎㄨㄛ": "kuo",
        "ㄏㄨㄛ": "huo", "ㄕㄨㄛ": "shuo", "ㄍㄨㄟ": "kuei", "ㄎㄨㄟ": "kuei",
    },
    "tongyong": {"ㄈㄥ": "fong"},
}  # fmt: skip
NEAR = (
    ("ㄣ", "ㄥ"), ("ㄥ", "ㄣ"), ("ㄓ", "ㄗ"), ("ㄗ", "ㄓ"), ("ㄔ", "ㄘ"), ("ㄘ", "ㄔ"),
    ("ㄕ", "ㄙ"), ("ㄙ", "ㄕ"), ("ㄋ", "ㄌ"), ("ㄌ", "ㄋ"), ("ㄖ", "ㄌ"),
    ("ㄈㄥ", "ㄏㄨㄥ"), ("ㄏㄨㄥ", "ㄈㄥ"), ("ㄏㄨㄟ", "ㄈㄟ"), ("ㄈㄢ", "ㄏㄨㄢ"),
    ("ㄏㄨㄤ", "ㄨㄤ"), ("ㄨㄤ", "ㄏㄨㄤ"),
)  # fmt: skip
ROUND = ("ㄨㄣ", "ㄨㄥ", "ㄩㄣ", "ㄩㄥ")
"""un and ong, yun and yong differ in the vowel too."""


def spell(zhuyin, system):
    """Romanise one syllable of zhuyin without its tone."""
    if zhuyin in ODD.get(system, {}):
        return ODD[system][zhuyin]
    initial = zhuyin[0] if zhuyin[0] in INITIALS else ""
    rime = zhuyin[len(initial) :]
    if not rime:
        return BARE[system].split()["ㄓㄔㄕㄖㄗㄘㄙ".index(initial)]
    if not initial:
        return ALONE[system].split()[RIMES.index(rime)]
    return (
        SYSTEMS[system].split()[INITIALS.index(initial)]
        + (AFTER[system].split()[RIMES.index(rime)])
    )


@dataclass
class World:
    """Statistics to draw from, and what is like what."""

    surnames: Counter = field(default_factory=Counter)
    given: dict = field(default_factory=lambda: defaultdict(Counter))
    zhuyin: dict = field(default_factory=dict)
    by_sound: dict = field(default_factory=lambda: defaultdict(list))
    looks: dict = field(default_factory=lambda: defaultdict(set))
    variants: dict = field(default_factory=lambda: defaultdict(set))
    parts: list = field(default_factory=list)
    is_real: bool = True


def world():
    found = World()
    if SHARED.is_dir():
        _read_shared(found)
    else:
        _from_own(found)
    for character, spoken in found.zhuyin.items():
        for one in spoken:
            found.by_sound[one].append(character)
    return found


def _read_shared(found):
    with (SHARED / "cec_names_dev.csv").open(encoding="utf-8") as lines:
        for row in sorted({(r["name"], r["sex"]) for r in csv.DictReader(lines)}):
            _count(found, *row)
    chars = SHARED / "chinese_chars"
    spoken = defaultdict(list)
    for character, rest in _pairs(chars / "libchewing" / "word.csv", ","):
        spoken[character].append(rest.partition(",")[2])
    found.zhuyin = {c: every for c, every in spoken.items() if len(every) == 1}
    found.zhuyin["曾"] = ["ㄗㄥ"]
    _read_looks(found, chars / "similar_character")
    _read_variants(found, chars / "cjkvi" / "twedu-variants.txt")
    for left, right in _pairs(SHARED / "opencc" / "TSCharacters.txt", "\t"):
        if left != right[0]:
            found.variants[left].add(right[0])


def _read_looks(found, folder):
    for path in sorted(folder.glob("形近字*.txt")):
        for character, others in _pairs(path, None):
            found.looks[character].update(filter(is_usual, others))


def _read_variants(found, path):
    """Take the variants of which both are in use in names."""
    used = {c for counter in found.given.values() for c in counter} | set(
        found.surnames
    )
    for left, rest in _pairs(path, ","):
        right = rest.partition(",")[2]
        if left in used and right in used:
            found.variants[left].add(right)
            found.variants[right].add(left)


def _pairs(path, mark):
    """Yield the first field of each line, if one character, and the rest."""
    for line in path.read_text("utf-8-sig").splitlines():
        fields = line.split(mark, 1)
        if len(fields) == 2 and len(fields[0]) == 1 and fields[1]:
            yield fields[0], fields[1]


def is_usual(character):
    """Tell whether an input method offers a character early: Big5, first level."""
    try:
        return character.encode("big5") < b"\xc9" and bool(HAN.fullmatch(character))
    except UnicodeEncodeError:
        return False


def _count(found, name, sex):
    if "‧" in name or "．" in name or "·" in name:
        parts = HAN.findall(name)
        if len(parts) == 2 and min(map(len, parts)) > 1:
            found.parts.append(parts)
    if not HAN.fullmatch(name) or len(name) != 3 or name[:2] in double():
        return
    if not is_surname(name[0]):
        return
    found.surnames[name[0]] += 1
    for place in (1, 2):
        found.given[sex, place][name[place]] += 1


def _from_own(found):
    found.is_real = False
    for name, share in shares("surname").items():
        if len(name) == 1:
            found.surnames[name] += share
    for name, share in shares("given").items():
        for sex in "12":
            for place, character in enumerate(name[:2], 1):
                found.given[sex, place][character] += share
    found.zhuyin = {c: list(spoken[:1]) for c, spoken in mandarin().items()}
    for character, group in variants().items():
        found.variants[character].update(set(group) - {character})


@dataclass(frozen=True)
class Person:
    name: str
    sex: str
    age: int
    group: str


def people(found, n, half, rng):
    """Draw people whose surnames are of one half, 0 or 1, of all surnames."""
    order = sorted(found.surnames)
    random.Random(7).shuffle(order)
    names = order[half::2]
    weights = [found.surnames[one] for one in names]
    made = []
    for surname in rng.choices(names, weights, k=n):
        sex = rng.choice("12")
        given = "".join(_drawn(found.given[sex, place], rng) for place in (1, 2))
        group = "hakka" if surname in HAKKA else "hoklo"
        made.append(Person(surname + given, sex, rng.randint(1, 95), group))
    return made


def _drawn(counter, rng):
    return rng.choices(list(counter), list(counter.values()))[0]


def indigenous(found, n, half, rng):
    """Combine the parts of dotted names anew; those of even places are of half 0."""
    firsts = [parts[0] for parts in found.parts][half::2]
    lasts = [parts[1] for parts in found.parts][half::2]
    return [
        Person(
            f"{rng.choice(firsts)}．{rng.choice(lasts)}", rng.choice("12"),
            rng.randint(1, 95), "indigenous",
        )
        for _ in range(n if firsts else 0)
    ]  # fmt: skip


def changed(found, person, kind, rng):
    """Return the name after a change, or None where it cannot be made."""
    made = KINDS[kind](found, person, rng)
    return None if made in (None, person.name) else made


def _replaced(found, name, rng, options, places=(1, 2, 1, 2, 0)):
    at = rng.choice(places)
    found_options = sorted(one for one in options(name[at]) if one != name[at])
    if not found_options:
        return None
    weights = [
        1 + found.given["1", 1][o] + found.given["2", 2][o] for o in found_options
    ]
    return name[:at] + rng.choices(found_options, weights)[0] + name[at + 1 :]


def _homophone(found, person, rng):
    def same(character):
        spoken = found.zhuyin.get(character, ())
        return {o for one in spoken for o in found.by_sound[one] if is_usual(o)}

    name = _replaced(found, person.name, rng, same)
    if name and rng.random() < 0.4:
        name = _replaced(found, name, rng, same, (1, 2)) or name
    return name


def _near(found, person, rng):
    def near(character):
        return {
            other
            for one in found.zhuyin.get(character, ())
            for old, new in NEAR
            if old in one and (len(old) > 1 or not any(r in one for r in ROUND))
            for other in found.by_sound[one.replace(old, new)]
            if is_usual(other)
        }

    return _replaced(found, person.name, rng, near)


def _variant_of(found, person, rng):
    return _replaced(found, person.name, rng, lambda c: found.variants.get(c, ()))


def _look(found, person, rng):
    return _replaced(found, person.name, rng, lambda c: found.looks.get(c, ()))


def _married(found, person, rng):
    names = list(found.surnames)
    if person.sex != "2" or not is_surname(person.name[0]):
        return None
    husband = rng.choices(names, [found.surnames[one] for one in names])[0]
    return husband + person.name


def romanised(found, name, system, rng):
    spoken = [found.zhuyin.get(c, [""])[0].rstrip("ˊˇˋ˙") for c in name]
    if not all(spoken):
        return None
    spelt = spell if found.is_real else _spell_own
    first, *rest = (spelt(one, system).capitalize() for one in spoken)
    forms = (
        f"{first} {'-'.join(rest)}", f"{first.upper()}, {'-'.join(rest).upper()}",
        f"{'-'.join(rest)} {first}", f"{first} {''.join(rest).capitalize()}",
    )  # fmt: skip
    return rng.choice(forms)


def _spell_own(reading, system):
    own = {"wade": wade_giles, "tongyong": tongyong, "second": second}
    return own.get(system, str)(reading.rstrip("1234"))


def _roman(system):
    return lambda found, person, rng: romanised(found, person.name, system, rng)


def _dropped(found, person, rng):
    at = rng.randrange(3)
    return person.name[:at] + person.name[at + 1 :]


def _order(found, person, rng):
    return person.name[0] + person.name[2] + person.name[1]


def _nickname(found, person, rng):
    return "阿" + person.name[2]


def _doubted(found, person, rng):
    return person.name[:2] + rng.choice("?○？")


KINDS = {
    "homophone": _homophone, "variant": _variant_of, "near": _near, "look": _look,
    "married": _married, "hanyu": _roman("hanyu"), "wade": _roman("wade"),
    "tongyong": _roman("tongyong"), "second": _roman("second"), "dropped": _dropped,
    "order": _order, "unknown": _doubted, "nickname": _nickname,
}  # fmt: skip


def dots_changed(person, rng):
    """Write an indigenous name with another dot, or only in part, or misheard."""
    first, last = person.name.split("．")
    return rng.choice(
        [first + dot + last for dot in "·•‧・ ."]
        + [first, f"{last}·{first}", first + last]
    )


def foreign(rng, fakes):
    """Draw a foreigner's name of two words or more and one way to miswrite it."""
    words = rng.choice(fakes).name().replace(".", "").split()[:4]
    if len(words) < 2:
        return foreign(rng, fakes)
    return " ".join(words), _miswritten(words, rng)


def _miswritten(words, rng):
    how = rng.choice(("swap", "typo", "initial", "upper", "double"))
    if how == "swap":
        return ", ".join((words[-1], " ".join(words[:-1])))
    if how == "initial":
        return " ".join((words[0][0], *words[1:]))
    if how == "upper":
        return "-".join(words).upper()
    at = max(range(len(words)), key=lambda i: len(words[i]))
    place = rng.randrange(1, max(2, len(words[at]) - 1))
    word = words[at]
    wrong = word[:place] + word[place + 1 :] if how == "typo" else (
        word[:place] + word[place] + word[place:]
    )  # fmt: skip
    return " ".join((*words[:at], wrong, *words[at + 1 :]))
