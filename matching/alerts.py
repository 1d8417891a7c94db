"""How many false alerts a threshold brings, which one to choose, what it accepts.

Expected false alerts follow from the list, the plate forms and the model alone: over
the entries, over the readings that a camera may make of other vehicles and that are as
likely readings of the wanted plate, how often each is made of anyone else, times how
often such a vehicle has a type, a colour and a time that bring the pair over the
threshold. No threshold is a fixed number; it is chosen by what it costs.
"""

from dataclasses import dataclass

import numpy as np

from data.plate_codes import decode
from matching.errors import NoSuchThreshold
from matching.hotview import CODE, COLOUR, OWN, TYPE, HotView
from matching.looks import CLASSES, COLOUR_NUMBERS, TYPE_NUMBERS
from matching.near import LOWEST, Near, readings_of
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
    type, a colour and a place, of vehicles as the model's shares say for their plates;
    without them fewer pairs pass a high threshold. Partial plates are left out of the
    sample.
    """
    rows = view.living
    rows = rows[view.rows.columns[rows, CODE] > 0]
    total, exact, times = np.zeros(_N_BINS), 0.0, _time_histogram(view)
    ranked = rows[np.argsort(view.rows.columns[rows, CODE], kind="stable")]
    chosen = ranked[
        np.linspace(0, len(ranked) - 1, min(sample, len(ranked))).astype(int)
    ]
    for row in chosen.tolist():
        seen, kept = _seen_histogram(view, row, error)
        total += np.convolve(seen, times)[_N_BINS // 2 :][:_N_BINS]
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
    near, by_class = _readings(view, row, error)
    told = TYPE_NUMBERS.get(type_, 0), COLOUR_NUMBERS.get(colour, 0)
    looks = _look_bits(view, row, by_class)[:, told[0], told[1]]
    others, bits = _others(view, row, near, by_class), view.bits
    total = np.log2(near.probabilities / others) + looks + view.model.prior_bits
    total += bits.journey["fresh"] + bits.age["current"]
    is_exact = near.codes.astype(np.int64) == view.rows.columns[row, CODE]
    passes = (total >= least_bits) | is_exact
    found = zip(
        decode(near.codes[passes]).tolist(),
        near.probabilities[passes].tolist(),
        total[passes].tolist(),
        others[passes].tolist(),
        strict=True,
    )
    return [Accepted(*one) for one in found]


def _readings(view: HotView, row: int, error: float) -> tuple[Near, Floats]:
    """Return readings of a plate, and how probable each is of anyone, by class."""
    from matching.kernels import readings_by_class

    near = readings_of(
        view.wanted(row).plate,
        error=error,
        least=LOWEST,
        confusions=view.confusions[0],
    )
    by_class = np.zeros((near.codes.size, len(CLASSES)))
    codes = near.codes.astype(np.int64)
    readings_by_class(codes, np.full(codes.size, error), (view.tables, 0), by_class)
    return near, by_class


def _others(view: HotView, row: int, near: Near, by_class: Floats) -> Floats:
    """Return how probable each reading is of anyone but the wanted vehicle."""
    from matching.kernels import LEAST

    own = view.hot.floats[row, OWN] * near.probabilities
    others: Floats = np.maximum(by_class.sum(axis=1) - own, LEAST)
    return others


def _look_bits(view: HotView, row: int, by_class: Floats) -> Floats:
    """Return the bits of each told type and colour, shape (readings, types, colours).

    0 of either is what is not told.
    """
    columns, looks = view.rows.columns[row], view.model.looks
    kind, colour = columns[TYPE], columns[COLOUR]
    told = by_class @ looks.shares.transpose(0, 2, 1)
    both = told.transpose(1, 0, 2) / by_class.sum(axis=1)[:, None, None]
    of_type = both[:, :, :1]
    bits: Floats = np.zeros(both.shape)
    if kind:
        bits += np.log2(looks.types[kind][None, :, None] / of_type)
    if colour:
        bits += np.log2(looks.colours[colour] / (both / of_type))
    return bits


def _seen_histogram(view: HotView, row: int, error: float) -> tuple[Floats, float]:
    """Return how often reads of others bring so many bits; exact ones apart."""
    near, by_class = _readings(view, row, error)
    others = _others(view, row, near, by_class)
    is_exact = near.codes.astype(np.int64) == view.rows.columns[row, CODE]
    bits = _look_bits(view, row, by_class)[:, 1:, 1:] + view.model.prior_bits
    bits += np.log2(near.probabilities / others)[:, None, None]
    told = np.einsum("rk,tck->rtc", by_class, view.model.looks.shares[1:, 1:])
    told[is_exact] = 0.0
    return _histogram(bits.ravel(), told.ravel()), float(others[is_exact].sum())


def _time_histogram(view: HotView) -> Floats:
    """Return how often journey and age of others bring so many bits."""
    levels = view.model.comparisons["journey"].levels.values()
    bits = np.array([view.bits.journey[level.name] for level in levels])
    chance = np.array([level.u or 0.0 for level in levels])
    return _histogram(bits + view.bits.age["current"], chance)


def _histogram(bits: Floats, weights: Floats) -> Floats:
    """Sum weights into bins, each rounded up to the next: against us."""
    places: Integers = np.ceil((bits - _LOWEST_BITS) / STEP_BITS).astype(np.int64)
    places = np.clip(places, 0, _N_BINS - 1)
    sums: Floats = np.bincount(places, weights, _N_BINS).astype(np.float64)
    return sums
