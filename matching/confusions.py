"""What cameras take for what: tables of replaced, dropped and added characters.

The built-in table is `DEFAULT`; `matching.learning` makes others from repeated reads,
for all cameras and for each one, and a small JSON file keeps them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

from matching.errors import ModelRefused
from matching.forms import DIGITS, LETTERS

ALPHABET = DIGITS + LETTERS

DROPPED = 0.08
ADDED = 0.04
"""Shares of the errors that drop or add a character; the rest replace one."""

LIKELY = {
    "0": "ODQ86C9", "1": "I7LTJ", "2": "Z7", "3": "8B95", "4": "A16", "5": "S6389",
    "6": "59G8BC0", "7": "1T2Z", "8": "B3S60", "9": "08357", "A": "4RH",
    "B": "8R3EP6", "C": "GO06", "D": "O0QB", "E": "FB", "F": "EP", "G": "C6OQ0",
    "H": "NMWK", "I": "1TLJ", "J": "1IU3", "K": "XHRI", "L": "I1E", "M": "NHW",
    "N": "MHW", "O": "0DQC", "P": "FRB", "Q": "0OG", "R": "BKPA", "S": "58B",
    "T": "17IY", "U": "VJ0", "V": "YUW", "W": "MLNVH", "X": "YKI", "Y": "VTX",
    "Z": "27I",
}  # fmt: skip
"""What each character is mostly taken for, the likeliest first.

Source: shapes in the plate type face, the pairs that public tests of plate readers name
most (O/0/D/Q, B/8, 5/S/6, G/6/C, 1/I/L/T/7, 2/Z, N/M/H, V/Y/U), and, for the first
places, what a public set of some thousand readings of 36 vehicles in one film shows: N
is taken for M, G for C, 6 for 5 and 9, D for O, V for Y, W for L and M more often than
0 for O or 1 for I. The order is a judgement of both; no figure of that set stands here.
Weights fall by half from place to place and hold 85 % of the replacements; the rest is
spread evenly over the alphabet.
"""

_LIKELY_SHARE = 0.85
_NEAR_ONE = 1e-6


@dataclass(frozen=True, eq=False)
class Confusions:
    """How errors are made, given that one is made.

    ``replaced[true][seen]`` is the probability of each written character when `true`
    was replaced, rows summing to 1; ``dropped`` and ``added`` are shares of all errors.
    ``error`` is the mean probability of an error per character where it was learned,
    None where nobody counted. Two tables are the same only if they are one object.
    """

    replaced: Mapping[str, Mapping[str, float]]
    dropped: float = DROPPED
    added: float = ADDED
    error: float | None = None
    n_tracks: int = 0
    n_readings: int = 0
    source: str = ""
    cameras: "Mapping[str, Confusions]" = field(default_factory=dict)

    def of(self, camera_id: str | None) -> "Confusions":
        """Return the table of a camera, this one where it has none."""
        return self.cameras.get(camera_id or "", self)


def _replacements(true: str) -> dict[str, float]:
    alike = LIKELY[true]
    halves: list[float] = [0.5**place for place in range(len(alike))]
    evenly = (1 - _LIKELY_SHARE) / (len(ALPHABET) - 1)
    weights = {c: evenly for c in ALPHABET if c != true}
    for character, half in zip(alike, halves, strict=True):
        weights[character] += _LIKELY_SHARE * half / sum(halves)
    return weights


REPLACED = {true: _replacements(true) for true in ALPHABET}
"""P(character written | another one stands there), rows summing to 1."""

DEFAULT = Confusions(REPLACED, source="shapes and public tests; see LIKELY")


def write_confusions(confusions: Confusions, path: Path) -> None:
    """Write tables as a JSON file."""
    content = json.dumps(asdict(confusions), ensure_ascii=False, indent=1)
    path.write_text(content + "\n", encoding="utf-8")


def read_confusions(path: Path) -> Confusions:
    """Read tables from a JSON file.

    Raises
    ------
    ModelRefused
        The file cannot be read, lacks a value, or a row is no probability.
    """
    try:
        return _table(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused(f"{path.name} holds no confusions: {error!r}") from error


def _table(content: Mapping[str, Any]) -> Confusions:
    replaced = {
        true: {seen: float(share) for seen, share in content["replaced"][true].items()}
        for true in ALPHABET
    }
    for true, row in replaced.items():
        if set(row) != set(ALPHABET) - {true} or not isclose(
            sum(row.values()), 1.0, abs_tol=_NEAR_ONE
        ):
            raise ValueError(f"the row of {true} does not sum to 1 over the others")
    dropped, added = float(content["dropped"]), float(content["added"])
    shares = [
        dropped,
        added,
        *(share for row in replaced.values() for share in row.values()),
    ]
    if not (all(share > 0 for share in shares) and dropped + added < 1):
        raise ValueError("a share is not above 0, or dropped and added are all errors")
    cameras = content.get("cameras", {}).items()
    known = {
        name: content[name] for name in ("error", "n_tracks", "n_readings", "source")
    }
    return Confusions(
        replaced=replaced,
        dropped=dropped,
        added=added,
        cameras={camera_id: _table(found) for camera_id, found in cameras},
        **known,
    )
