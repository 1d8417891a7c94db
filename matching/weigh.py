"""Weighing a read against a hot list entry, with the reasons kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import log2
from typing import Any

import numpy as np

from data.plate_codes import written_plate
from data.records import HotListEntry, LeadLevel, Read
from matching.confusions import DEFAULT, Confusions
from matching.evidence import (
    compare_age,
    compare_colour,
    compare_history,
    compare_journey,
    compare_type,
)
from matching.forms import FORMS
from matching.looks import CLASSES, COLOUR_NUMBERS, TYPE_NUMBERS, class_of
from matching.misreads import Misreads, error_of, unknown_kinds
from matching.model import Model
from matching.plates import ANY, forms_of

LEAST = 1e-15
"""Floor of u: below it the plate model's own roughness decides, not the reading."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparison found: bits for (above 0), against (below), or nothing."""

    name: str
    label: str
    level: str | None
    level_label: str
    bits: float
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weighed pair: the prior, what each comparison added, and the sum."""

    model: str
    prior_bits: float
    findings: tuple[Finding, ...]
    lead_from: float
    action_from: float
    expired: bool
    seen: str
    wanted: str
    error: float
    confusions: Confusions = DEFAULT

    @property
    def exact(self) -> bool:
        """Whether the reading is the wanted plate, character by character."""
        return self.seen == self.wanted

    @property
    def bits(self) -> float:
        """The prior and all findings, added."""
        return self.prior_bits + sum(finding.bits for finding in self.findings)

    @property
    def probability(self) -> float:
        """The weight as a probability, 2^bits / (1 + 2^bits)."""
        return float(1 / (1 + 2.0 ** -max(min(self.bits, 60.0), -60.0)))

    @property
    def level(self) -> LeadLevel | None:
        """What the pair may ask for; None when it is not shown at all.

        An exact reading of a wanted plate is always shown, whatever speaks
        against it: a plate on the wrong vehicle is news too. An entry past its
        date never asks for action.
        """
        if self.probability >= self.action_from and not self.expired:
            return LeadLevel.ACTION
        if self.exact or self.probability >= self.lead_from:
            return LeadLevel.ADVICE
        return None

    def rivals(self, keep: int = 3) -> list[tuple[str, float]]:
        """Return other plates that could have been read so, the likeliest first."""
        likely = _rivals(self.seen, Misreads(self.error, self.confusions))
        return [rival for rival in likely if rival[0] != self.wanted][:keep]

    def explanation(self) -> dict[str, Any]:
        """Return what is shown and kept: everything needed to add it up again."""
        return {
            "model": self.model,
            "prior_bits": self.prior_bits,
            "total_bits": self.bits,
            "probability": self.probability,
            "lead_from": self.lead_from,
            "action_from": self.action_from,
            "exact": self.exact,
            "expired": self.expired,
            "comparisons": [asdict(finding) for finding in self.findings],
            "rivals": [
                {"plate": written_plate(plate), "probability": probability}
                for plate, probability in self.rivals()
            ],
        }


def weigh_read(
    read: Read,
    entry: HotListEntry,
    model: Model,
    *,
    distance_m: float | None,
    others: int | None = None,
    confusions: Confusions = DEFAULT,
) -> Weighing:
    """Weigh one read against one entry, whose plate may hold ``?`` for the unknown.

    `distance_m` is the geodesic distance from the theft to the camera, None when
    one of them is not known. `others` counts the other cameras that gave the very
    same reading lately, None when nobody counted. `confusions` are those of the camera
    where they were learned. Nothing to compare adds exactly 0 bits.
    """
    error = error_of(read.confidence, len(read.plate))
    misreads = Misreads(error, confusions)
    passing = misreads.by_form(read.plate)
    findings = (
        _plate(read, entry, model, (misreads, passing)),
        *_looks(read, entry, model, passing),
        _journey(read, entry, model, distance_m),
        _age(read, entry, model),
        _history(read, entry, model, others),
    )
    return Weighing(
        model=model.title,
        prior_bits=model.prior_bits,
        findings=findings,
        lead_from=model.lead_from,
        action_from=model.action_from,
        expired=read.at > entry.expires_at,
        seen=read.plate,
        wanted=entry.plate,
        error=error,
        confusions=confusions,
    )


def plate_bits(
    seen: str, plate: str, error: float, confusions: Confusions = DEFAULT
) -> float:
    """Return log2 of P(reading | this plate) over P(reading | any other vehicle)."""
    misreads = Misreads(error, confusions)
    return _plate_bits(seen, plate, misreads, misreads.by_form(seen))


def _plate_bits(
    seen: str, plate: str, misreads: Misreads, passing: Sequence[float]
) -> float:
    m = misreads.reading(seen, unknown_kinds(plate))
    own = m * sum(form.frequency for form in forms_of(plate))
    return log2(max(m, LEAST) / max(sum(passing) - own, LEAST))


def _plate(
    read: Read,
    entry: HotListEntry,
    model: Model,
    by: tuple[Misreads, Sequence[float]],
) -> Finding:
    comparison = model.comparisons["plate"]
    return Finding(
        name=comparison.name,
        label=comparison.label,
        level="exact" if read.plate == entry.plate else "misread",
        level_label=_plate_words(read.plate, entry.plate),
        bits=_plate_bits(read.plate, entry.plate, *by),
        left=written_plate(entry.plate),
        right=read.plate_raw,
    )


def _plate_words(seen: str, plate: str) -> str:
    if seen == plate:
        return "讀取結果與車牌完全相同"
    if len(seen) != len(plate):
        return (
            "可由誤讀造成：" + ("漏讀" if len(seen) < len(plate) else "多讀") + "字元"
        )
    changes = [
        f"{true}→{here}"
        for true, here in zip(plate, seen, strict=True)
        if true not in (here, ANY)
    ]
    if not changes:
        return "讀取結果與已知的部分車牌相符"
    note = "" if forms_of(seen) else "；讀取結果不符任何車牌編碼格式"
    return "可由誤讀造成：" + "、".join(changes) + note


def _looks(
    read: Read, entry: HotListEntry, model: Model, passing: Sequence[float]
) -> tuple[Finding, Finding]:
    """Weigh type and colour against vehicles whose plate can be read so."""
    wanted, looks = entry.vehicle, model.looks
    kind = TYPE_NUMBERS.get(read.vehicle_type, 0)
    colour = COLOUR_NUMBERS.get(read.colour, 0)
    by_class = np.zeros(len(CLASSES))
    for form, chance in zip(FORMS, passing, strict=True):
        by_class[class_of(form)] += chance
    of_type, of_colour = looks.given(by_class, kind, colour)
    type_m = looks.types[TYPE_NUMBERS.get(wanted.type, 0), kind]
    colour_m = looks.colours[COLOUR_NUMBERS.get(wanted.colour, 0), colour]
    levels = (
        compare_type(wanted.type, read.vehicle_type),
        compare_colour(wanted.colour, read.colour),
    )
    types = (levels[0], wanted.type, read.vehicle_type)
    colours = (levels[1], wanted.colour, read.colour)
    return (
        _finding(model, "type", types, log2(type_m / of_type)),
        _finding(model, "colour", colours, log2(colour_m / of_colour)),
    )


def _journey(
    read: Read, entry: HotListEntry, model: Model, distance_m: float | None
) -> Finding:
    level = compare_journey(distance_m, entry.since, read.at)
    hours = (read.at - entry.since).total_seconds() / 3600
    far = "距離不明" if distance_m is None else f"直線 {distance_m / 1000:.1f} 公里"
    return _finding(model, "journey", (level, None, f"{far}，{hours:.1f} 小時"))


def _age(read: Read, entry: HotListEntry, model: Model) -> Finding:
    level = compare_age(entry.verified_at, read.at)
    days = max(0, (read.at - entry.verified_at).days)
    return _finding(model, "age", (level, None, f"{days} 日前確認"))


def _history(
    read: Read, entry: HotListEntry, model: Model, others: int | None
) -> Finding:
    counted = None if read.plate == entry.plate else others
    told = None if counted is None else f"{counted} 臺"
    return _finding(model, "history", (compare_history(counted), None, told))


def _finding(
    model: Model,
    name: str,
    told: tuple[str | None, str | None, str | None],
    bits: float | None = None,
) -> Finding:
    """Say what a comparison found; `told` is (level, wanted, seen).

    `bits` are those of the level where they do not depend on the values.
    """
    comparison, (level, left, right) = model.comparisons[name], told
    if level is None:
        return Finding(name, comparison.label, None, "無資料可比", 0.0, left, right)
    return Finding(
        name=name,
        label=comparison.label,
        level=level,
        level_label=comparison.levels[level].label,
        bits=comparison.bits(level) if bits is None else bits,
        left=left,
        right=right,
    )


@lru_cache(maxsize=10_000)
def _rivals(seen: str, misreads: Misreads) -> list[tuple[str, float]]:
    return misreads.rivals(seen)
