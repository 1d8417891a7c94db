"""What `lianfang evaluate-links` draws: three panels that are read at a glance."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matching.linkage.evaluation import (
    NEAR_BITS,
    Bin,
    GroupRecall,
    Held,
    Reliability,
    at_thresholds,
)
from matching.linkage.functions import Floats

FONTS = (
    "DejaVu Sans", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Sans TC",
    "Microsoft JhengHei", "PingFang TC",
)  # fmt: skip
"""Those that a machine has: the first, and another one where a group is Chinese."""

CURVE = 200
"""Thresholds that are drawn."""

TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
RIM = 1e-4
"""Nearer to 0 or 1, a probability is drawn at the rim."""

LOWEST_DRAWN = -20.0
BLUE, ORANGE, GREY = "#1f5fa8", "#c8641b", "#8a8a8a"


def draw(
    path: Path,
    found: Held,
    before: Reliability,
    after: Reliability | None,
    groups: Sequence[GroupRecall],
    *,
    least_bits: float,
) -> None:
    """Draw precision and recall, reliability, and recall by group if there are any."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import font_manager, pyplot

    here = {font.name for font in font_manager.fontManager.ttflist}
    fonts = [name for name in FONTS if name in here]
    with (
        matplotlib.rc_context(
            {"font.family": fonts, "font.size": 9, "text.parse_math": False}
        ),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph")  # no font has it: a box is drawn
        figure, axes = pyplot.subplots(
            1, 3 if groups else 2, layout="constrained",
            figsize=(13 if groups else 9, 4),
        )  # fmt: skip
        _draw_thresholds(axes[0], found, least_bits)
        _draw_reliability(axes[1], before, after)
        if groups:
            _draw_groups(axes[2], groups, least_bits)
        figure.savefig(path, dpi=150)
        pyplot.close(figure)


def _draw_thresholds(axes: Any, found: Held, least_bits: float) -> None:  # noqa: ANN401
    bits = found.bits
    low, high = LOWEST_DRAWN, max(float(bits.max(initial=0.0)), 1.0)
    rows = at_thresholds(found, np.linspace(low, high, CURVE).tolist())
    at = [row.least_bits for row in rows]
    axes.plot(at, [row.precision for row in rows], color=BLUE, label="precision")
    axes.plot(at, [row.recall for row in rows], "--", color=ORANGE, label="recall")
    axes.axvline(least_bits, color=GREY, linewidth=0.8)
    axes.set(xlabel="kept from … bits on", ylim=(0, 1.02), title="Precision and recall")
    axes.legend(loc="center right")


def _draw_reliability(
    axes: Any,  # noqa: ANN401
    before: Reliability,
    after: Reliability | None,
) -> None:
    """Draw the bins on scales of odds: most pairs are far from one half."""
    ends = _bits_of([RIM, 1 - RIM])
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    told = (("as weighed", before, BLUE), ("calibrated", after, ORANGE))
    for label, one, colour in told:
        if one is not None and one.near is not None:
            _draw_bins(axes, one.near.bins, label, colour)
    at = _bits_of(TICKS)
    labels = [f"{100 * tick:g} %" for tick in TICKS]
    axes.set_xticks(at, labels, fontsize=7)
    axes.set_yticks(at, labels, fontsize=7)
    axes.set(
        xlabel="mean probability", ylabel="share true", xlim=ends, ylim=ends,
        title=f"Reliability of pairs from {NEAR_BITS:+.0f} bits on",
    )  # fmt: skip
    axes.legend(loc="upper left")


def _draw_bins(
    axes: Any,  # noqa: ANN401
    bins: Sequence[Bin],
    label: str,
    colour: str,
) -> None:
    y, low, high = (
        _bits_of([getattr(one, name) for one in bins])
        for name in ("share_true", "low", "high")
    )
    counts = [one.pairs for one in bins]
    axes.errorbar(
        _bits_of([one.mean_probability for one in bins]), y,
        np.maximum([y - low, high - y], 0), fmt="o", markersize=4, capsize=2,
        color=colour, label=f"{label}: {min(counts):,} to {max(counts):,} pairs a bin",
    )  # fmt: skip


def _bits_of(probability: Sequence[float]) -> Floats:
    """Return the odds in bits; what is next to 0 or 1 stands at the rim."""
    near = np.clip(np.asarray(probability, dtype=np.float64), RIM, 1 - RIM)
    found: Floats = np.log2(near / (1 - near))
    return found


def _draw_groups(
    axes: Any,  # noqa: ANN401
    groups: Sequence[GroupRecall],
    least_bits: float,
) -> None:
    rows = list(reversed(groups))
    places = range(len(rows))
    recall = np.array([one.recall for one in rows])
    reach = [
        recall - [one.low for one in rows], [one.high for one in rows] - recall
    ]  # fmt: skip
    axes.errorbar(
        recall, places, xerr=np.maximum(reach, 0), fmt="o", capsize=3, color=BLUE
    )
    axes.scatter(
        [one.brought for one in rows], places, marker="|", s=120, color=ORANGE,
        label="brought by a rule",
    )  # fmt: skip
    axes.set_yticks(places, [f"{one.group} ({one.pairs:,})" for one in rows])
    axes.set(
        xlim=(max(min(one.low for one in rows) - 0.1, 0), 1.02),
        ylim=(-0.6, len(rows) - 0.4),
        title=f"Recall from {least_bits:+.1f} bits on",
    )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.legend(loc="lower left")
