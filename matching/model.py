"""The model: a prior, comparisons and their levels, read from a small JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from typing import Any

from matching.errors import ModelRefused

HERE = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class ComparisonLevel:
    """One outcome of a comparison.

    ``m`` is its probability among matches, ``u`` among all other pairs. With
    ``term_frequency`` the level means equal values, and ``u`` is the share of the
    value when that is known: a rare value counts for more.
    """

    name: str
    label: str
    m: float
    u: float
    term_frequency: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence with its levels; a generative one has none."""

    name: str
    label: str
    levels: Mapping[str, ComparisonLevel]
    term_frequencies: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    def bits(self, level: str, value: str | None = None) -> float:
        """Return the match weight of a level, log2(m / u).

        `value` is the shared value of a level with term frequency; one that is
        not in the table counts by the level's own ``u``.
        """
        found = self.levels[level]
        frequency = found.u
        if found.term_frequency and value is not None:
            frequency = self.term_frequencies.get(value, found.u)
        return log2(found.m / frequency)


@dataclass(frozen=True, slots=True)
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
        term_frequencies=content.get("term_frequencies", {}),
        source=content["source"],
    )


def _check(comparison: Comparison) -> None:
    levels = comparison.levels.values()
    for level in levels:
        if not (0 < level.m < 1 and 0 < level.u < 1):
            raise ModelRefused(
                f"{comparison.name}/{level.name}: m {level.m} and u {level.u} "
                "must lie between 0 and 1"
            )
    for side in ("m", "u"):
        total = sum(getattr(level, side) for level in levels)
        if levels and abs(total - 1) > 0.001:
            raise ModelRefused(
                f"{comparison.name}: the {side} of its levels add up to {total:.3f}, "
                "not to 1"
            )
