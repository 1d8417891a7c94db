"""`lianfang evaluate-links`: whether a model can be trusted, and for whom."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Printed

from api.commands.evaluate_links_plot import draw
from api.commands.link import Encoding, IdColumn, Json, Left, ModelFile, Right
from api.commands.link_tables import read_tables, shown, truth_of
from data.errors import FileRefused
from matching.linkage.calibration import (
    Calibration,
    Method,
    as_probability,
    cross_validated,
    learned,
    model_sum,
    write_calibration,
)
from matching.linkage.evaluation import (
    NEAR_BITS,
    AtThreshold,
    Calibrated,
    Gap,
    GroupRecall,
    Held,
    Reliability,
    at_thresholds,
    held,
    known_on_both_sides,
    largest_gap,
    recall_by_group,
    reliability,
    require_pairs,
    shares_within,
)
from matching.linkage.judged import true_pairs
from matching.linkage.link import link
from matching.linkage.model_files import read_model
from matching.linkage.texts import Numbers, Table

MOST_GROUPS = 40
PICTURES = (".png", ".svg", ".pdf")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All that the command tells."""

    held: Held
    least_bits: float
    thresholds: Sequence[AtThreshold]
    within: dict[int, float]
    before: Reliability
    after: Reliability | None
    calibration: Calibration | None
    groups: Sequence[GroupRecall]
    gap: Gap | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate-links")(evaluate_links)


def evaluate_links(  # noqa: PLR0913 - these are the options of the command line
    left: Left,
    right: Right = None,
    *,
    model: ModelFile,
    truth: Annotated[
        str,
        typer.Option(
            help="Column that is equal in rows that belong together; empty in rows "
            "that belong to none."
        ),
    ],
    group: Annotated[
        str | None, typer.Option(help="Column of LEFT: recall is told of each value.")
    ] = None,
    known: Annotated[
        str | None,
        typer.Option(help="By group, count only pairs with this column on both sides."),
    ] = None,
    least_bits: Annotated[
        float, typer.Option(help="By group, a pair is found from this weight on.")
    ] = 0.0,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw it to a .png, .svg or .pdf.")
    ] = None,
    calibrate: Annotated[
        Method | None,
        typer.Option(help="Learn probabilities from these pairs; needs --out."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Calibration to write (JSON).")
    ] = None,
    id_col: IdColumn = None,
    encoding: Encoding = "utf-8",
    as_json: Json = False,
) -> None:
    """Hold a model against tables of which the truth is known.

    Precision, recall and F1 by threshold; at what place the right one stands; whether
    pairs of probability p are true in p of all cases; and recall by group, with 95 %
    intervals. Pairs that no blocking rule brings count as missed. Use tables that the
    model was not trained on.

    Examples: `lianfang evaluate-links missing.csv found.csv --model person.json
    --truth person --group name_group --known name --plot trust.png`,
    `lianfang evaluate-links people.csv --model people.json --truth person
    --calibrate isotonic --out people.calibration.json`
    """
    _require_options(plot, calibrate, out, group, known)
    with_model, sha256 = read_model(model), model_sum(model)
    tables = read_tables(with_model, left, right, id_col, encoding)
    pairs = true_pairs(*truth_of(tables, truth))
    require_pairs(pairs)
    groups = None if group is None else _groups(tables[0], group)
    sides = None
    if known is not None:
        sides = _column(tables[0], known), _column(tables[-1], known)
    with shown() as progress:
        links = link(with_model, *tables, least_bits=-np.inf, progress=progress)
    found = held(
        links.left_rows, links.right_rows, links.bits, pairs,
        is_one_table=right is None,
    )  # fmt: skip
    after, calibration = _learned(found, calibrate, sha256)
    rows = []
    if groups is not None:
        among = None if sides is None else known_on_both_sides(found, *sides)
        rows = recall_by_group(found, groups, least_bits=least_bits, among=among)
    told = Evaluated(
        held=found, least_bits=least_bits, thresholds=at_thresholds(found),
        within=shares_within(found),
        before=reliability(found, as_probability(found.bits)), after=after,
        calibration=calibration, groups=rows, gap=largest_gap(rows),
    )  # fmt: skip
    if calibration is not None and out is not None:
        write_calibration(calibration, out)
    if plot is not None:
        draw(plot, found, told.before, told.after, rows, least_bits=least_bits)
    if as_json:
        typer.echo(orjson.dumps(as_content(told)).decode())
    else:
        _print(told)


def _require_options(
    plot: Path | None,
    calibrate: Method | None,
    out: Path | None,
    group: str | None,
    known: str | None,
) -> None:
    if (calibrate is None) != (out is None):
        raise typer.BadParameter("--calibrate and --out go together")
    if known is not None and group is None:
        raise typer.BadParameter("--known says which pairs --group counts: add --group")
    if plot is None:
        return
    if plot.suffix.lower() not in PICTURES:
        raise typer.BadParameter(f"--plot {plot.name}: want {', '.join(PICTURES)}")
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        raise typer.BadParameter(
            "--plot needs matplotlib: pip install -r requirements-dev.txt"
        ) from None


def _groups(table: Table, column: str) -> list[str | None]:
    """Return the group of each row.

    Raises
    ------
    FileRefused
        There is no such column, or it has too many values to be one of groups.
    """
    numbers = _column(table, column)
    n = np.unique(numbers).size
    if n > MOST_GROUPS:
        raise FileRefused(
            table.name,
            f"column {column!r} has {n:,} groups; want at most {MOST_GROUPS}: name a "
            "column of kinds, such as of counties",
        )
    texts = table.texts.all
    return [None if one < 0 else texts[one] for one in numbers.tolist()]


def _column(table: Table, column: str) -> Numbers:
    if column not in table.columns:
        known = ", ".join(map(repr, table.columns))
        raise FileRefused(table.name, f"it has no column {column!r}; there are {known}")
    return table.columns[column]


def _learned(
    found: Held, method: Method | None, model_sha256: str
) -> tuple[Reliability | None, Calibration | None]:
    """Learn a calibration, and tell of pairs that had no part in it."""
    if method is None:
        return None, None
    bits, is_true = found.bits, found.is_true
    calibration = learned(bits, is_true, method=method, model_sha256=model_sha256)
    unseen = cross_validated(bits, is_true, method=method)
    return reliability(found, unseen), calibration


def as_content(told: Evaluated) -> dict[str, Any]:
    """Return it as JSON has it; what cannot be told is null."""
    learned_here = told.calibration
    return {
        "pairs": asdict(told.held.figures),
        "within": {str(first): share for first, share in told.within.items()},
        "thresholds": [asdict(one) for one in told.thresholds],
        "least_bits": told.least_bits,
        "groups": [asdict(one) for one in told.groups],
        "largest_gap": told.gap and asdict(told.gap),
        "near_bits": NEAR_BITS,
        "reliability": asdict(told.before),
        "reliability_calibrated": told.after and asdict(told.after),
        "calibration": learned_here
        and {"pairs": learned_here.pairs, "true": learned_here.true},
    }


def _print(told: Evaluated) -> None:
    console = Console()
    figures = told.held.figures
    console.print(
        f"{figures.candidates:,} pairs weighed; of {figures.true:,} true ones a "
        f"blocking rule brought {figures.found:,} ({figures.found / figures.true:.1%})"
    )
    console.print(
        f"average precision {figures.average_precision:.3f}, "
        f"best F1 {figures.best_f1:.3f} from {figures.best_bits:+.1f} bits on"
    )
    shares = ", ".join(
        f"{share:.1%} {f'among the first {first}' if first > 1 else 'first'}"
        for first, share in told.within.items()
    )
    console.print(f"the right one stands: {shares}")
    for table in _tables_told(told):
        console.print(table)
    if told.gap is not None:
        console.print(
            f"largest difference: {told.gap.best} - {told.gap.worst} "
            f"{told.gap.difference * 100:.1f} points "
            f"({told.gap.low * 100:.1f} to {told.gap.high * 100:.1f})"
        )


def _tables_told(told: Evaluated) -> Iterator[Printed]:
    yield _threshold_table(told.thresholds)
    yield _error_table(told)
    for title, one in (("", told.before), (", calibrated", told.after)):
        if one is not None and one.near is not None:
            yield _bin_table(
                f"Reliability of pairs from {NEAR_BITS:+.0f} bits on{title}", one.near
            )
    if told.groups:
        yield _group_table(told)


def _threshold_table(rows: Sequence[AtThreshold]) -> Printed:
    table = _right_aligned("from bits", "kept", "precision", "recall", "F1")
    for row in rows:
        table.add_row(
            f"{row.least_bits:+.0f}", f"{row.kept:,}", _share(row.precision),
            _share(row.recall), _share(row.f1),
        )  # fmt: skip
    return table


def _error_table(told: Evaluated) -> Printed:
    table = _right_aligned(
        "", "calibration error", "Brier score", title="Is 90 % right in 9 of 10 cases?"
    )
    for name, one in (("as weighed", told.before), ("calibrated", told.after)):
        for which, found in (
            ("all pairs", one and one.all),
            (f"from {NEAR_BITS:+.0f} bits on", one and one.near),
        ):
            if found:
                table.add_row(
                    f"{name}, {which}", f"{found.error:.4f}", f"{found.brier:.4f}"
                )
    return table


def _bin_table(title: str, found: Calibrated) -> Printed:
    table = _right_aligned(
        "mean probability", "share true", "95 % interval", "pairs", title=title
    )
    for one in found.bins:
        table.add_row(
            _share(one.mean_probability), _share(one.share_true),
            f"{one.low:.1%} to {one.high:.1%}", f"{one.pairs:,}",
        )  # fmt: skip
    return table


def _group_table(told: Evaluated) -> Printed:
    table = _right_aligned(
        "group", "true pairs", "brought", "recall", "95 % interval",
        title=f"Recall from {told.least_bits:+.1f} bits on",
    )  # fmt: skip
    for one in told.groups:
        table.add_row(
            escape(one.group), f"{one.pairs:,}", _share(one.brought),
            _share(one.recall), f"{one.low:.1%} to {one.high:.1%}",
        )  # fmt: skip
    return table


def _right_aligned(first: str, *others: str, title: str | None = None) -> Printed:
    table = Printed(first, title=title, title_justify="left")
    for name in others:
        table.add_column(name, justify="right")
    return table


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"
