"""How cameras misread plates: the probability of a reading, given a plate.

A camera reads each character right with probability ``1 - error``; otherwise it
writes another one, mostly a look-alike, drops it, or adds one. Summing over all
ways in which a plate can become a reading is the forward algorithm of a pair
hidden Markov model (Durbin, Eddy, Krogh & Mitchison 1998, *Biological Sequence
Analysis*, eq. 4.1-4.3, without the affine gaps).
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from matching.plates import DIGITS, FORMS, LETTERS, SLOTS, PlateForm

ALPHABET = DIGITS + LETTERS

DROPPED = 0.08
ADDED = 0.04
"""Shares of the errors that drop or add a character; the rest replace one."""

LIKELY = {
    "0": "ODQ86C9", "1": "I7LTJ", "2": "Z7", "3": "8B95", "4": "A1", "5": "S6389",
    "6": "GB85C0", "7": "1T2Z", "8": "B3S60", "9": "03857", "A": "4RH",
    "B": "8R3EP6", "C": "G0O6", "D": "O0QB", "E": "FB", "F": "EP", "G": "6CQ0",
    "H": "NMWK", "I": "1TLJ", "J": "1IU3", "K": "XHR", "L": "I1E", "M": "NHW",
    "N": "MHW", "O": "0DQC", "P": "FRB", "Q": "0OG", "R": "BKPA", "S": "58B",
    "T": "17IY", "U": "VJ0", "V": "YUW", "W": "VMNH", "X": "KYV", "Y": "VTX",
    "Z": "27",
}  # fmt: skip
"""What each character is mostly taken for, the likeliest first.

Source: shapes in the plate type face, checked for the order of the first places
against the pairs that public tests of plate readers name most (O/0/D/Q, B/8, 5/S/6,
G/6/C, 1/I/L/T/7, 2/Z, N/M/H, V/Y/U, W/V). Weights fall by half from place to place
and hold 85 % of the replacements; the rest is spread evenly over the alphabet.
"""

_LIKELY_SHARE = 0.85


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


@dataclass(frozen=True)
class Misreads:
    """The misreading model of one reading; ``error`` is per character, 0 to 1."""

    error: float

    @cached_property
    def right(self) -> float:
        """Probability that a character is read as it is."""
        return 1 - self.error

    def written(self, seen: str, true: str) -> float:
        """Probability that a character that was read as one is written as `seen`."""
        if seen == true:
            return self.right
        return self.error * (1 - DROPPED - ADDED) * REPLACED[true][seen]

    def reading(self, seen: str, plate: str) -> float:
        """Probability of a whole reading, given the plate that was there.

        Both are plain (capitals and digits, no dash).
        """
        dropped = self.error * DROPPED
        added = self.error * ADDED / len(ALPHABET)
        row: list[float] = [dropped**place for place in range(len(plate) + 1)]
        for here in seen:
            new = [row[0] * added]
            for place, true in enumerate(plate, start=1):
                new.append(
                    row[place - 1] * self.written(here, true)
                    + row[place] * added
                    + new[place - 1] * dropped
                )
            row = new
        return row[-1]

    def anyone(self, seen: str) -> float:
        """Probability of a reading when any vehicle may have passed.

        The sum over all plates of all forms, as if every combination of a form
        were in use as often as its issued ones: neighbours of an issued plate are
        issued too, and where they are not the weight only turns out lower.
        """
        return sum(form.frequency * self._of_form(seen, form) for form in FORMS)

    def _of_form(self, seen: str, form: PlateForm) -> float:
        longer = len(form.slots) - len(seen)
        if longer == 0:
            return self._aligned(seen, form.slots)
        if longer == 1:
            drop = self.error * DROPPED
            return drop * sum(
                self._aligned(seen, form.slots[:at] + form.slots[at + 1 :])
                * len(SLOTS[form.slots[at]])
                for at in range(len(form.slots))
            )
        if longer == -1:
            add = self.error * ADDED / len(ALPHABET)
            return add * sum(
                self._aligned(seen[:at] + seen[at + 1 :], form.slots)
                for at in range(len(seen))
            )
        return 0.0

    def _aligned(self, seen: str, slots: str) -> float:
        probability = 1.0
        for here, slot in zip(seen, slots, strict=True):
            probability *= _from_any(here, slot, self.error)
        return probability

    def rivals(self, seen: str, *, keep: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest true plates of a reading, with their probabilities.

        Only plates of the reading's length that fit a form. The probabilities are
        normalised over all such plates that the search visits (the 6 likeliest
        characters a place); ties go to the plate that sorts first.
        """
        found: dict[str, float] = {}
        for form in FORMS:
            if len(form.slots) == len(seen):
                for plate, probability in self._beam(seen, form.slots):
                    kept = found.get(plate, 0.0)
                    found[plate] = kept + form.frequency * probability
        total = sum(found.values())
        ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:keep]
        return [(plate, probability / total) for plate, probability in ranked]

    def _beam(self, seen: str, slots: str) -> list[tuple[str, float]]:
        beam = [("", 1.0)]
        for here, slot in zip(seen, slots, strict=True):
            likely = sorted(
                ((true, self.written(here, true)) for true in SLOTS[slot]),
                key=lambda pair: -pair[1],
            )[:6]
            grown = [
                (plate + true, probability * more)
                for plate, probability in beam
                for true, more in likely
            ]
            beam = sorted(grown, key=lambda pair: -pair[1])[:64]
        return beam


@lru_cache(maxsize=20_000)
def _from_any(seen: str, slot: str, error: float) -> float:
    misreads = Misreads(error)
    return sum((misreads.written(seen, true) for true in SLOTS[slot]), start=0.0)


def error_of(confidence: float | None, length: int) -> float:
    """Turn a camera's confidence in a whole reading into an error per character.

    ``1 - confidence ** (1 / length)``, rounded to three digits and held between
    0.005 and 0.2, because no camera is as sure or as blind as it says; 0.03, the
    middle of published figures, when the camera says nothing.
    """
    if confidence is None:
        return 0.03
    error = 1 - float(confidence ** (1 / length))
    return min(max(round(error, 3), 0.005), 0.2)
