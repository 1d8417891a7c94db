"""How cameras misread plates: the probability of a reading, given a plate.

A camera reads each character right with probability ``1 - error``; otherwise it
writes another one, mostly a look-alike, drops it, or adds one. Summing over all
ways in which a plate can become a reading is the forward algorithm of a pair
hidden Markov model (Durbin, Eddy, Krogh & Mitchison 1998, *Biological Sequence
Analysis*, eq. 4.1-4.3, without the affine gaps).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matching.confusions import (
    ADDED,
    ALPHABET,
    DEFAULT,
    DROPPED,
    LIKELY,
    REPLACED,
    Confusions,
)
from matching.forms import DIGITS, FORMS, LETTERS, PlateForm

__all__ = [
    "ADDED", "ALPHABET", "DROPPED", "LIKELY", "REPLACED", "Misreads", "error_of",
    "unknown_kinds",
]  # fmt: skip

ANY_OF = {"#": DIGITS, "@": LETTERS, "?": ALPHABET}
"""What an unknown character of a pattern may be, by `unknown_kinds`."""


def unknown_kinds(pattern: str) -> str:
    """Replace each ``?`` of a pattern by what the forms say may stand there.

    ``#`` a digit, ``@`` a letter, ``?`` either, where the forms differ or none fits.
    """
    if "?" not in pattern:
        return pattern
    fitting = [form.places for form in FORMS if form.fits(pattern)]
    return "".join(
        _kind({places[at] for places in fitting}) if character == "?" else character
        for at, character in enumerate(pattern)
    )


def _kind(allowed: set[str]) -> str:
    there = set("".join(allowed))
    if there and there <= set(DIGITS):
        return "#"
    return "@" if there and there <= set(LETTERS) else "?"


@dataclass(frozen=True)
class Misreads:
    """The misreading model of one reading; ``error`` is per character, 0 to 1."""

    error: float
    confusions: Confusions = DEFAULT

    @cached_property
    def right(self) -> float:
        """Probability that a character is read as it is."""
        return 1 - self.error

    def written(self, seen: str, true: str) -> float:
        """Probability that a character that was read as one is written as `seen`.

        An unknown character (``#``, ``@``, ``?``, see `unknown_kinds`) is each of those
        it may be as often as the others.
        """
        if true in ANY_OF:
            among = ANY_OF[true]
            return sum([self.written(seen, one) for one in among]) / len(among)
        if seen == true:
            return self.right
        return self._wrong * self.confusions.replaced[true][seen]

    @cached_property
    def _wrong(self) -> float:
        return self.error * (1 - self.confusions.dropped - self.confusions.added)

    @cached_property
    def dropping(self) -> float:
        """Probability that a character of the plate is left out."""
        return self.error * self.confusions.dropped

    @cached_property
    def adding(self) -> float:
        """Probability that one given character is put in at a place."""
        return self.error * self.confusions.added / len(ALPHABET)

    def reading(self, seen: str, plate: str) -> float:
        """Probability of a whole reading, given the plate that was there.

        Both are plain (capitals and digits, no dash).
        """
        dropped, added = self.dropping, self.adding
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
        return sum(self.by_form(seen))

    def by_form(self, seen: str) -> list[float]:
        """Return the part of `anyone` that vehicles with plates of each form are."""
        return [form.frequency * self._of_form(seen, form) for form in FORMS]

    def _of_form(self, seen: str, form: PlateForm) -> float:
        places = form.places
        longer = len(places) - len(seen)
        if longer == 0:
            return self._aligned(seen, places)
        if longer == 1:
            return self.dropping * sum(
                self._aligned(seen, places[:at] + places[at + 1 :]) * len(places[at])
                for at in range(len(places))
            )
        if longer == -1:
            return self.adding * sum(
                self._aligned(seen[:at] + seen[at + 1 :], places)
                for at in range(len(seen))
            )
        return 0.0

    def _aligned(self, seen: str, places: tuple[str, ...]) -> float:
        probability = 1.0
        for here, allowed in zip(seen, places, strict=True):
            probability *= _from_any(here, allowed, self)
        return probability

    def rivals(
        self, seen: str, *, keep: int = 5, forms: Sequence[PlateForm] | None = None
    ) -> list[tuple[str, float]]:
        """Return the likeliest true plates of a reading, with their probabilities.

        Only plates of the reading's length that fit a form. The probabilities are
        normalised over all such plates that the search visits (the 6 likeliest
        characters a place); ties go to the plate that sorts first.
        """
        return self.posterior([(seen, 1.0)], keep=keep, forms=forms)

    def posterior(
        self,
        candidates: Sequence[tuple[str, float]],
        *,
        keep: int = 5,
        forms: Sequence[PlateForm] | None = None,
    ) -> list[tuple[str, float]]:
        """Return the likeliest true plates, given a reader's alternative candidates.

        Each candidate is a plain text with the probability the reader gives it. They
        count as uncertain evidence: the chance of a plate is that of each text, given
        the plate, weighed by the reader's probability (Pearl 1988, *Probabilistic
        Reasoning in Intelligent Systems*, section 2.3.3), times how often the plate
        passes. Else as `rivals`; `forms` are all known ones by default.
        """
        known = FORMS if forms is None else forms
        found: dict[str, float] = {}
        for seen, share in candidates:
            for plate, chance in self._visited(seen, known):
                found[plate] = found.get(plate, 0.0) + share * chance
        total = sum(found.values())
        ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:keep]
        return [(plate, probability / total) for plate, probability in ranked]

    def _visited(
        self, seen: str, forms: Sequence[PlateForm]
    ) -> list[tuple[str, float]]:
        """Return plates that the search visits, with chance times frequency."""
        fitting = [form for form in forms if len(form.places) == len(seen)]
        shapes = {tuple(map(_letters_or_digits, form.places)) for form in fitting}
        found: dict[str, float] = {}
        for shape in sorted(shapes):
            for plate, probability in self._beam(seen, shape):
                often = sum(form.frequency for form in fitting if form.fits(plate))
                if often:
                    found[plate] = often * probability
        return list(found.items())

    def _beam(self, seen: str, places: tuple[str, ...]) -> list[tuple[str, float]]:
        beam = [("", 1.0)]
        for here, allowed in zip(seen, places, strict=True):
            likely = sorted(
                ((true, self.written(here, true)) for true in allowed),
                key=lambda pair: -pair[1],
            )[:6]
            grown = [
                (plate + true, probability * more)
                for plate, probability in beam
                for true, more in likely
            ]
            beam = sorted(grown, key=lambda pair: -pair[1])[:64]
        return beam


def _letters_or_digits(allowed: str) -> str:
    """Widen what may stand at a place to all of its kinds."""
    kinds = [kind for kind in (LETTERS, DIGITS) if set(kind) & set(allowed)]
    return "".join(kinds)


@lru_cache(maxsize=50_000)
def _from_any(seen: str, allowed: str, misreads: Misreads) -> float:
    return sum((misreads.written(seen, true) for true in allowed), start=0.0)


def error_of(confidence: float | None, length: int) -> float:
    """Turn a camera's confidence in a whole reading into an error per character.

    ``1 - confidence ** (1 / length)``, rounded to three digits and held between
    0.005 and 0.2, because no camera is as sure or as blind as it says; 0.03, the
    middle of published figures, when the camera says nothing.
    """
    if confidence is None:
        return 0.03
    error = round(1000 * (1 - float(confidence ** (1 / length)))) / 1000
    return min(max(error, 0.005), 0.2)
