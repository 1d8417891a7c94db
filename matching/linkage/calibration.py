"""Probabilities put right by pairs that somebody judged.

The bits of a model are a probability only if its prior, m and u are right and its
comparisons are independent. Judged pairs show how often pairs of a weight are true; a
calibration is what was learned from them: it never changes the order of pairs. It is
written beside the model it belongs to, and no other model is read with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import ModelRefused, TableRefused
from matching.linkage.evaluation import NEAR_BITS, calibrated
from matching.linkage.functions import Floats

Flags = NDArray[np.bool_]

VERSION = 1
FEWEST = 50
FEWEST_OF_EACH = 5
"""Fewer judged pairs, or true or false ones among them, teach nothing."""

FOLDS = 5
LN2 = float(np.log(2.0))
MOST_BITS = 1000.0
"""Beyond, a power of two is no number."""


class Method(StrEnum):
    """How it is learned.

    ``isotonic`` takes any shape that never falls, and wants many pairs; ``platt`` moves
    and stretches the bits, and is content with few.
    """

    ISOTONIC = "isotonic"
    PLATT = "platt"


@dataclass(frozen=True, slots=True)
class Isotonic:
    """Straight lines between knots; even beyond the first and the last.

    Source: Zadrozny & Elkan 2002, *Transforming Classifier Scores into Accurate
    Multiclass Probability Estimates*, KDD.
    """

    bits: tuple[float, ...]
    probability: tuple[float, ...]

    def of(self, bits: Floats) -> Floats:
        """Return the probability of each weight, shape (n,)."""
        found: Floats = np.interp(bits, self.bits, self.probability)
        return found


@dataclass(frozen=True, slots=True)
class Platt:
    """The bits times ``slope`` and plus ``shift_bits``, taken as odds.

    Source: Platt 1999, *Probabilistic Outputs for Support Vector Machines*, eq. 1,
    without his smoothing of the truth.
    """

    slope: float
    shift_bits: float

    def of(self, bits: Floats) -> Floats:
        """Return the probability of each weight, shape (n,)."""
        return as_probability(self.slope * bits + self.shift_bits)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the bits of one model into probabilities; the order of pairs stays.

    Attributes
    ----------
    model_sha256
        Of the model's file.
    pairs, true
        How many judged pairs taught it, and how many of these were true.
    error_before, error_after
        The expected calibration error of the bits as they are, and of pairs that each
        had no part in what their own probability was learned from. Both are of pairs
        from `NEAR_BITS` on, if there are any: of the others, nearly any model is right.
    """

    curve: Isotonic | Platt
    model_sha256: str
    pairs: int
    true: int
    error_before: float
    error_after: float

    def probability(self, bits: Floats) -> Floats:
        """Return the probability of each weight, shape (n,)."""
        return self.curve.of(bits)


def as_probability(bits: Floats) -> Floats:
    """Return the probability that bits with the prior stand for, shape (n,)."""
    found: Floats = 1 / (1 + np.exp2(-np.clip(bits, -MOST_BITS, MOST_BITS)))
    return found


def learned(
    bits: Floats, is_true: Flags, *, method: Method, model_sha256: str
) -> Calibration:
    """Learn from judged pairs: their weights and their truth, shapes (n,).

    Raises
    ------
    TableRefused
        They are fewer than `FEWEST`, or fewer than `FEWEST_OF_EACH` of a kind, or the
        heavier ones are not the truer ones.
    """
    unseen = cross_validated(bits, is_true, method=method)
    return Calibration(
        curve=_curve(bits, is_true, method),
        model_sha256=model_sha256,
        pairs=bits.size,
        true=int(is_true.sum()),
        error_before=_error(bits, as_probability(bits), is_true),
        error_after=_error(bits, unseen, is_true),
    )


def _error(bits: Floats, probability: Floats, is_true: Flags) -> float:
    near = bits >= NEAR_BITS
    if not near.any():
        near = ~near
    return calibrated(probability[near], is_true[near]).error


def cross_validated(
    bits: Floats, is_true: Flags, *, method: Method, seed: int = 0
) -> Floats:
    """Return probabilities, each learned without the fifth its pair is in, shape (n,).

    Raises
    ------
    TableRefused
        As `learned`.
    """
    _require_enough(is_true)
    fold = np.empty(bits.size, dtype=np.int64)
    rng = np.random.default_rng(seed)
    for kind in (True, False):
        at = rng.permutation(np.flatnonzero(is_true == kind))
        fold[at] = np.arange(at.size) % FOLDS
    found = np.empty(bits.size)
    for number in range(FOLDS):
        out = fold == number
        found[out] = _curve(bits[~out], is_true[~out], method).of(bits[out])
    return found


def _require_enough(is_true: Flags) -> None:
    n, n_true = is_true.size, int(is_true.sum())
    if n < FEWEST or min(n_true, n - n_true) < FEWEST_OF_EACH:
        raise TableRefused(
            f"{n} judged pairs, {n_true} of them true, are too few to calibrate on: "
            f"want {FEWEST} or more, {FEWEST_OF_EACH} of them true and as many false; "
            "judge more pairs, also such as are near the threshold"
        )


def _curve(bits: Floats, is_true: Flags, method: Method) -> Isotonic | Platt:
    return (
        _isotonic(bits, is_true) if method is Method.ISOTONIC else _platt(bits, is_true)
    )


def _isotonic(bits: Floats, is_true: Flags) -> Isotonic:
    """Learn by pooling neighbours that are in the wrong order.

    Nobody is surer than n pairs can make him: probabilities keep 1 / (n + 2) away from
    0 and 1 (Laplace's rule of succession).
    """
    from sklearn.isotonic import IsotonicRegression

    least = 1 / (bits.size + 2)
    fitted = IsotonicRegression(y_min=least, y_max=1 - least).fit(bits, is_true)
    knots, heights = fitted.X_thresholds_, fitted.y_thresholds_
    return Isotonic(tuple(knots.tolist()), tuple(heights.tolist()))


def _platt(bits: Floats, is_true: Flags) -> Platt:
    from sklearn.linear_model import LogisticRegression

    odds = np.clip(bits, -MOST_BITS, MOST_BITS) * LN2
    spread = float(odds.std()) or 1.0
    fitted = LogisticRegression(C=1e6, max_iter=1000)
    fitted.fit((odds / spread).reshape(-1, 1), is_true)
    slope = float(fitted.coef_[0, 0]) / spread
    if slope <= 0:
        raise TableRefused(
            "the heavier pairs are not the truer ones: nothing can be calibrated; see "
            "whether the truth is that of these tables, and the model one for them"
        )
    return Platt(slope, float(fitted.intercept_[0]) / LN2)


def model_sum(path: Path) -> str:
    """Return the sha256 of a model's file."""
    return sha256(path.read_bytes()).hexdigest()


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON, in place of what was there."""
    content = as_content(calibration)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_calibration(path: Path, *, model_sha256: str) -> Calibration:
    """Read a calibration of a model.

    Raises
    ------
    ModelRefused
        It is no JSON, or as `calibration_of`.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path.name} cannot be read: {error}") from error
    try:
        return calibration_of(content, model_sha256=model_sha256)
    except ModelRefused as error:
        raise ModelRefused(f"{path.name}: {error}") from error


def as_content(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as JSON has it."""
    curve = calibration.curve
    shape: dict[str, Any]
    if isinstance(curve, Platt):
        method, shape = Method.PLATT, {
            "slope": curve.slope, "shift_bits": curve.shift_bits
        }  # fmt: skip
    else:
        method, shape = Method.ISOTONIC, {
            "bits": list(curve.bits), "probability": list(curve.probability)
        }  # fmt: skip
    return {
        "version": VERSION,
        "model_sha256": calibration.model_sha256,
        "pairs": calibration.pairs,
        "true": calibration.true,
        "error_before": calibration.error_before,
        "error_after": calibration.error_after,
        "method": method.value,
        **shape,
    }


def calibration_of(content: Mapping[str, Any], *, model_sha256: str) -> Calibration:
    """Make a calibration of what `as_content` made of one.

    Raises
    ------
    ModelRefused
        It is of another version or another model, or its curve falls.
    """
    try:
        if content["version"] != VERSION:
            raise ModelRefused(
                f"version {content['version']!r}; {VERSION} can be read: learn it again"
            )
        if content["model_sha256"] != model_sha256:
            raise ModelRefused(
                f"it is of model {str(content['model_sha256'])[:12]}, not of "
                f"{model_sha256[:12]}: learn it again for this one"
            )
        return Calibration(
            curve=_read_curve(content),
            model_sha256=model_sha256,
            pairs=int(content["pairs"]),
            true=int(content["true"]),
            error_before=float(content["error_before"]),
            error_after=float(content["error_after"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelRefused(f"no calibration: {error!r}") from error


def _read_curve(content: Mapping[str, Any]) -> Isotonic | Platt:
    method = Method(content["method"])
    if method is Method.PLATT:
        slope, shift = float(content["slope"]), float(content["shift_bits"])
        if not (0 < slope < np.inf and np.isfinite(shift)):
            raise ModelRefused(
                f"slope {slope!r}, shift {shift!r}: want a slope above 0"
            )
        return Platt(slope, shift)
    bits, probability = (
        tuple(map(float, content[name])) for name in ("bits", "probability")
    )
    rises = np.diff(bits) > 0, np.diff(probability) >= 0
    is_whole = len(bits) == len(probability) > 0 and np.isfinite(bits).all()
    if not (is_whole and all(map(np.all, rises)) and _are_shares(probability)):
        raise ModelRefused("want bits that rise, and probabilities that never fall")
    return Isotonic(bits, probability)


def _are_shares(values: tuple[float, ...]) -> bool:
    return all(0 < value < 1 for value in values)
