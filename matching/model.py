"""The model: a prior, comparisons and their levels, read from a small JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log2
from pathlib import Path
from typing import Any

from matching.errors import ModelRefused
from matching.evidence import COLOURS, TYPES
from matching.looks import Looks, looks_of

HERE = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class ComparisonLevel:
    """One outcome of a comparison.

    ``m`` is its probability among matches, ``u`` among all other pairs; None where it
    depends on the values, see `matching.looks`.
    """

    name: str
    label: str
    m: float
    u: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence with its levels; a generative one has none.

    ``shares`` are those of each value among passing vehicles, ``by_type`` those of
    types that differ; ``strays`` see `matching.looks.looks_of`.
    """

    name: str
    label: str
    levels: Mapping[str, ComparisonLevel]
    shares: Mapping[str, float] = field(default_factory=dict)
    by_type: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    strays: float = 0.0
    source: str = ""

    def bits(self, level: str) -> float:
        """Return the match weight of a level that has a ``u``, log2(m / u)."""
        found = self.levels[level]
        if found.u is None:
            raise ValueError(f"{self.name}: the u of {level} depends on the values")
        return log2(found.m / found.u)

    @property
    def m(self) -> dict[str, float]:
        """The probability of each level, by name, if it is the wanted vehicle."""
        return {name: level.m for name, level in self.levels.items()}


@dataclass(frozen=True)
class Model:
    """A Fellegi-Sunter model.

    Source: Fellegi & Sunter 1969, *A Theory for Record Linkage*, JASA 64(328),
    eq. 7-9; weights in bits as the logarithm to base 2 of their ratio.
    """

    id: str
    version: int
    prior: float
    lead_from: float
    action_from: float
    comparisons: Mapping[str, Comparison]

    @property
    def prior_bits(self) -> float:
        """The prior odds in bits, log2(p / (1 - p))."""
        return log2(self.prior / (1 - self.prior))

    @cached_property
    def looks(self) -> Looks:
        """How plates, types and colours go together."""
        kind, colour = self.comparisons["type"], self.comparisons["colour"]
        return looks_of(
            kind.m,
            colour.m,
            type_shares=kind.shares,
            colour_shares=colour.shares,
            by_type=colour.by_type,
            strays=kind.strays,
        )

    @property
    def title(self) -> str:
        """Name and version, as every explanation carries them."""
        return f"{self.id} {self.version}"


def read_model(path: Path = HERE / "plate_read.json") -> Model:
    """Read a model file.

    Raises
    ------
    ModelRefused
        When a value is missing or no probability.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        model = _model(content)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(f"{path.name} is not a model: {error!r}") from error
    for comparison in model.comparisons.values():
        _check(comparison)
    _check_words(model)
    return model


def _model(content: Mapping[str, Any]) -> Model:
    comparisons = [_comparison(found) for found in content["comparisons"]]
    return Model(
        id=content["id"],
        version=content["version"],
        prior=content["prior"]["probability"],
        lead_from=content["thresholds"]["lead"],
        action_from=content["thresholds"]["action"],
        comparisons={comparison.name: comparison for comparison in comparisons},
    )


def _comparison(content: Mapping[str, Any]) -> Comparison:
    levels = [ComparisonLevel(**level) for level in content.get("levels", ())]
    return Comparison(
        name=content["name"],
        label=content["label"],
        levels={level.name: level for level in levels},
        shares=content.get("shares", {}),
        by_type=content.get("by_type", {}),
        strays=content.get("strays", 0.0),
        source=content["source"],
    )


def _check(comparison: Comparison) -> None:
    levels = comparison.levels.values()
    by_value = bool(comparison.shares)
    for level in levels:
        if not (0 < level.m < 1 and (by_value or 0 < (level.u or 0) < 1)):
            raise ModelRefused(
                f"{comparison.name}/{level.name}: m {level.m} and u {level.u} "
                "must lie between 0 and 1"
            )
    for side in ("m",) if by_value else ("m", "u"):
        total = sum(getattr(level, side) for level in levels)
        if levels and abs(total - 1) > 0.001:
            raise ModelRefused(
                f"{comparison.name}: the {side} of its levels add up to {total:.3f}, "
                "not to 1"
            )


def _check_words(model: Model) -> None:
    """See that each word that is compared has a share, and no share is none."""
    for name, words in (("type", TYPES), ("colour", COLOURS)):
        shares = model.comparisons[name].shares
        if set(shares) != words or min(shares.values()) <= 0:
            raise ModelRefused(f"{name}: want a share above 0 for each known word")
    colour, strays = model.comparisons["colour"], model.comparisons["type"].strays
    for kind, own in colour.by_type.items():
        if kind not in TYPES or not set(own) <= COLOURS or sum(own.values()) > 1:
            raise ModelRefused(f"colour: {kind} has colours that cannot be")
    if not 0 <= strays < 1:
        raise ModelRefused(f"type: strays {strays} must lie between 0 and 1")
