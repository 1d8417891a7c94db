"""The results page: tables of rates and ratios, and a plot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

PACKAGES = (
    "numpy",
    "numba",
    "shapely",
    "togo",
    "geopandas",
    "sedonadb",
    "rtree",
    "tzfpy",
    "timezonefinder",
)
LEVELS = ("county", "town", "village")
OURS = ("ours", 1)
COLOURS = {"county": "#0b5cad", "town": "#4f9bd9", "village": "#a9d0f0"}


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one run measured."""

    machine: str
    versions: dict[str, str]
    boundaries: str
    rounds: int
    timed: Sequence[Any]
    one_call: Sequence[tuple[str, float]]
    footprint: Any
    agreement: Any


def as_markdown(run: Run) -> str:
    """Write the page."""
    return "\n".join([*_head(run), *_strata(run), *_limits(run), *_rest(run)]) + "\n"


def plot(run: Run, path: Path) -> None:
    """Draw the rates in Taiwan, one bar a level, on a logarithmic scale."""
    rows = [
        one for one in run.timed if one.stratum == "in Taiwan" and one.level in LEVELS
    ]
    names = list(dict.fromkeys(_named(one) for one in rows))[::-1]
    figure, axes = plt.subplots(figsize=(8, 5))
    for nth, level in enumerate(LEVELS):
        bars = {_named(one): one for one in rows if one.level == level}
        at = [i + 0.25 * (1 - nth) for i in range(len(names))]
        rates = [bars[name].rate / 1e6 for name in names]
        spread = [
            [(bars[name].rate - bars[name].low) / 1e6 for name in names],
            [(bars[name].high - bars[name].rate) / 1e6 for name in names],
        ]
        axes.barh(at, rates, 0.25, xerr=spread, color=COLOURS[level], label=level)
    axes.set_yticks(range(len(names)), names)
    axes.set_xscale("log")
    axes.set_xlabel("million points a second, in Taiwan (logarithmic)")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def _named(one: Any) -> str:
    return one.name if one.threads == 1 else f"{one.name}, {one.threads} threads"


def _head(run: Run) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield "Made by `make bench ARGS=--docs`; not to be edited by hand."
    yield ""
    yield (
        f"One run on {run.machine}, two cores that others use too: compare within the "
        f"run, not with other machines. {run.rounds} rounds in changing order; the "
        "median, and in brackets the middle half. Points are ready in the form each "
        "tool likes best; only locating is timed. Every tool answers with one row or "
        "number a point. Boundaries: the bundled ones, "
        f"`{run.boundaries}`. {', '.join(f'{k} {v}' for k, v in run.versions.items())}."
    )
    yield ""
    yield "![Points a second by tool and level](images/benchmarks.svg)"
    yield ""
    yield "## Which boundary covers a point"


def _strata(run: Run) -> Iterator[str]:
    for stratum in dict.fromkeys(
        one.stratum for one in run.timed if one.level in LEVELS
    ):
        yield ""
        yield f"### {stratum[0].upper() + stratum[1:]}"
        yield ""
        yield (
            "Million points a second, and how many times as fast ours is on one thread."
        )
        yield ""
        yield "| way | " + " | ".join(LEVELS) + " |"
        yield "|---|" + "---|" * len(LEVELS)
        rows = [one for one in run.timed if one.stratum == stratum]
        for key in dict.fromkeys(
            (o.name, o.threads) for o in rows if o.level in LEVELS
        ):
            cells = [_cell(rows, key, level) for level in LEVELS]
            name = key[0] if key[1] == 1 else f"{key[0]}, {key[1]} threads"
            yield f"| {name} | " + " | ".join(cells) + " |"


def _cell(rows: Sequence[Any], key: tuple[str, int], level: str) -> str:
    at = {(one.name, one.threads): one for one in rows if one.level == level}
    one, base = at[key], at[OURS]
    spread = f"{one.low / 1e6:.3g}–{one.high / 1e6:.3g}"
    ratio = "" if key[0] == "ours" else f", {base.rate / one.rate:.3g}×"
    return f"{one.rate / 1e6:.3g} ({spread}){ratio}"


def _limits(run: Run) -> Iterator[str]:
    yield ""
    yield "### Beside the limit, and beside time-zone finders"
    yield ""
    yield "The limit is one look into a table a point, compiled, with one thread."
    yield ""
    yield "| way | million points a second |"
    yield "|---|---|"
    for one in run.timed:
        if one.level not in LEVELS:
            spread = f"{one.low / 1e6:.3g}–{one.high / 1e6:.3g}"
            yield f"| {one.name} | {one.rate / 1e6:.3g} ({spread}) |"
    yield ""
    yield "| level | ours, one thread, of the gather from the larger table |"
    yield "|---|---|"
    limit = next(one.rate for one in run.timed if one.name.startswith("limit"))
    for one in run.timed:
        if (one.name, one.threads, one.stratum) == (*OURS, "in Taiwan"):
            yield f"| {one.level} | {one.rate / limit:.0%} |"


def _rest(run: Run) -> Iterator[str]:
    agreed, cost = run.agreement, run.footprint
    yield ""
    yield "### One call"
    yield ""
    yield "| way | microseconds |"
    yield "|---|---|"
    for name, microseconds in run.one_call:
        yield f"| {name} | {microseconds:.3g} |"
    yield ""
    yield "### Right?"
    yield ""
    yield (
        f"{agreed.points:,} points with a new seed ({agreed.seed}), "
        f"{agreed.on_lines:,} of them on lines of the three levels, at their corners "
        "or within nanometres to metres of them: "
        f"**{agreed.wrong} answered differently** from looking at every polygon with "
        "shapely, in any of county, town, village and note."
    )
    yield ""
    yield "### What it costs"
    yield ""
    yield "| table | megabytes |"
    yield "|---|---|"
    for level, size in cost.megabytes.items():
        what = "of the borders" if level == "borders" else f"down to {level}"
        yield f"| {what} | {size:.1f} |"
    yield ""
    yield (
        f"Built once in {cost.built_s:.0f} s, mapped from its file in "
        f"{cost.opened_ms:.0f} ms with its checksum verified; "
        f"{sum(cost.megabytes.values()):.0f} MB shared by all processes; "
        f"{cost.undecided_cells} cells that are left to polygons."
    )
