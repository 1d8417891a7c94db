"""How many false alerts a threshold brings, which one to choose, what it accepts.

Expected false alerts follow from the list, the plate forms and the model alone: over
the entries, over the readings that a camera may make of other vehicles and that are as
likely readings of the wanted plate, how often each is made of anyone else, times how
often such a vehicle has a type, a colour and a time that bring the pair over the
threshold. No threshold is a fixed number; it is chosen by what it costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data.plate_codes import Codes, decode
from matching.errors import NoSuchThreshold
from matching.hot_tables import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.hotview import CODE, COLOUR, TYPE, HotView
from matching.near import LOWEST, readings_of
from matching.plates import ANY
from matching.tables import Floats, Integers

SAMPLE = 48
"""Entries that stand for the list; by plate, at even distances."""

STEP_BITS = 0.05
_LOWEST_BITS, _HIGHEST_BITS = -80.0, 80.0
_N_BINS = round((_HIGHEST_BITS - _LOWEST_BITS) / STEP_BITS)


@dataclass(frozen=True, slots=True)
class AlertCurve:
    """Expected false alerts per read, by threshold; shape (n,) each.

    ``exact_per_read`` is the part that no threshold takes away: other vehicles that are
    read exactly as a wanted plate, which is always shown.
    """

    bits: Floats
    per_read: Floats
    exact_per_read: float

    def at(self, least_bits: float) -> float:
        """Return false alerts per read at a threshold, rounded against us."""
        place = int(np.searchsorted(self.bits, least_bits, side="right")) - 1
        return float(self.per_read[np.clip(place, 0, self.bits.size - 1)])

    def threshold_for(self, *, alerts_per_day: float, reads_per_day: float) -> float:
        """Return the lowest threshold, in bits, that brings no more alerts.

        Raises
        ------
        NoSuchThreshold
            When exact readings of other vehicles alone bring more.
        """
        fits = np.flatnonzero(self.per_read * reads_per_day <= alerts_per_day)
        if fits.size == 0:
            least = self.exact_per_read * reads_per_day
            raise NoSuchThreshold(
                f"{alerts_per_day:g} false alerts a day are fewer than the {least:.3g} "
                "that exact readings of other vehicles bring: allow more, or want less"
            )
        return float(self.bits[fits[0]])


@dataclass(frozen=True, slots=True)
class Accepted:
    """A reading that a threshold accepts for a wanted plate.

    ``probability`` is P(reading | plate); ``bits`` are with all that was assumed;
    ``false_per_read`` is how often one read of any other vehicle is this reading.
    """

    reading: str
    probability: float
    bits: float
    false_per_read: float


def threshold_for(
    view: HotView, *, alerts_per_day: float, reads_per_day: float, error: float = 0.03
) -> float:
    """Return the threshold in bits for so many expected false alerts a day.

    Raises
    ------
    NoSuchThreshold
        When exact readings of other vehicles alone bring more.
    """
    curve = alert_curve(view, error=error)
    return curve.threshold_for(
        alerts_per_day=alerts_per_day, reads_per_day=reads_per_day
    )


def alert_curve(
    view: HotView, *, error: float = 0.03, sample: int = SAMPLE
) -> AlertCurve:
    """Work out the false alerts of a list by threshold.

    `error` is per character, the mean of the cameras. Every read is taken to have a
    type, a colour and a place, of vehicles as the model's shares say; without them
    fewer pairs pass a high threshold. Partial plates are left out of the sample.
    """
    rows = view.living
    rows = rows[view.rows.columns[rows, CODE] > 0]
    total, exact = np.zeros(_N_BINS), 0.0
    ranked = rows[np.argsort(view.rows.columns[rows, CODE], kind="stable")]
    chosen = ranked[
        np.linspace(0, len(ranked) - 1, min(sample, len(ranked))).astype(int)
    ]
    for row in chosen.tolist():
        plate, kept = _plate_histogram(view, row, error)
        other = _other_histogram(view, row)
        total += np.convolve(plate, other)[_N_BINS // 2 :][:_N_BINS]
        exact += kept
    share = len(view.living) / max(len(chosen), 1)
    from_here = total[::-1].cumsum()[::-1]
    edges: Floats = _LOWEST_BITS + STEP_BITS * np.arange(_N_BINS, dtype=np.float64)
    return AlertCurve(edges, share * (from_here + exact), share * exact)


def preview(
    view: HotView,
    row: int,
    *,
    least_bits: float,
    error: float = 0.03,
    type_: str | None = None,
    colour: str | None = None,
) -> list[Accepted]:
    """List the readings that a threshold accepts for an entry, the likeliest first.

    As if read by a camera with this error, with the type and colour given (nothing to
    compare where they are None), in time, a few hours after the theft. A partial plate
    has none.
    """
    wanted = view.wanted(row)
    if ANY in wanted.plate:
        return []
    columns, bits = view.rows.columns[row], view.bits
    codes, chances, others = _readings(view, row, error)
    rest = view.model.prior_bits + bits.journey["fresh"] + bits.age["current"]
    rest += bits.kinds[columns[TYPE], TYPE_NUMBERS.get(type_, 0)]
    rest += bits.colours[columns[COLOUR], COLOUR_NUMBERS.get(colour, 0)]
    total = np.log2(chances / others) + rest
    passes = (total >= least_bits) | (codes.astype(np.int64) == columns[CODE])
    found = zip(
        decode(codes[passes]).tolist(),
        chances[passes].tolist(),
        total[passes].tolist(),
        others[passes].tolist(),
        strict=True,
    )
    return [Accepted(*one) for one in found]


def _readings(view: HotView, row: int, error: float) -> tuple[Codes, Floats, Floats]:
    """Return readings of a plate, P(reading | plate), P(reading | anyone else)."""
    from matching.kernels import LEAST, readings_by_anyone

    table = view.confusions[0]
    near = readings_of(
        view.wanted(row).plate, error=error, least=LOWEST, confusions=table
    )
    anyone = np.empty(near.codes.size)
    codes = near.codes.astype(np.int64)
    errors = np.full(codes.size, error)
    readings_by_anyone(codes, errors, (view.tables, 0), anyone)
    own = view.hot.floats[row, 7] * near.probabilities
    return near.codes, near.probabilities, np.maximum(anyone - own, LEAST)


def _plate_histogram(view: HotView, row: int, error: float) -> tuple[Floats, float]:
    """Return how often readings of others bring so many bits; exact ones apart."""
    codes, chances, others = _readings(view, row, error)
    is_exact = codes.astype(np.int64) == view.rows.columns[row, CODE]
    bits = np.log2(chances / others) + view.model.prior_bits
    others_only = np.where(is_exact, 0.0, others)
    return _histogram(bits, others_only), float(others[is_exact].sum())


def _other_histogram(view: HotView, row: int) -> Floats:
    """Return how often type, colour and time of others bring so many bits."""
    bits, columns, model = view.bits, view.rows.columns[row], view.model
    kinds = _shares(model.comparisons["type"].term_frequencies, TYPE_NUMBERS)
    colours = _shares(model.comparisons["colour"].term_frequencies, COLOUR_NUMBERS)
    levels = model.comparisons["journey"].levels.values()
    parts = (
        (bits.kinds[columns[TYPE]], kinds),
        (bits.colours[columns[COLOUR]], colours),
        (
            np.array([bits.journey[level.name] for level in levels]),
            np.array([level.u for level in levels]),
        ),
    )
    total, chance = np.array([bits.age["current"]]), np.ones(1)
    for more, share in parts:
        total = np.add.outer(total, more).ravel()
        chance = np.multiply.outer(chance, share).ravel()
    return _histogram(total, chance)


def _shares(shares: Mapping[str, float], known: dict[str | None, int]) -> Floats:
    found = np.zeros(len(known))
    for word, share in shares.items():
        found[known[word]] = share
    shared: Floats = found / found.sum()
    return shared


def _histogram(bits: Floats, weights: Floats) -> Floats:
    """Sum weights into bins, each rounded up to the next: against us."""
    places: Integers = np.ceil((bits - _LOWEST_BITS) / STEP_BITS).astype(np.int64)
    places = np.clip(places, 0, _N_BINS - 1)
    sums: Floats = np.bincount(places, weights, _N_BINS).astype(np.float64)
    return sums
