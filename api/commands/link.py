"""`lianfang link` and `train`: which rows of tables belong together, by a model."""

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer
from rich.console import Console

from api.commands.link_tables import read_tables, shown, truth_of
from matching.linkage.blocking import Blocking
from matching.linkage.clusters import pooled
from matching.linkage.figures import cluster_figures, pair_figures
from matching.linkage.judged import train_on_pairs, true_pairs
from matching.linkage.link import Links, link
from matching.linkage.model_files import read_model, write_model
from matching.linkage.scoring import Scorer
from matching.linkage.settings import Model
from matching.linkage.texts import Rows, Table
from matching.linkage.training import Trained
from matching.linkage.training import train as train_model

NEARLY = 5.0
"""Pairs so many bits below the threshold may still bring two groups together."""

Left = Annotated[Path, typer.Argument(help="CSV or Parquet.")]
Right = Annotated[
    Path | None,
    typer.Argument(help="CSV or Parquet; without it, rows of LEFT are compared."),
]
ModelFile = Annotated[
    Path, typer.Option("--model", help="Model, or Splink's settings (JSON).")
]
IdColumn = Annotated[
    str | None,
    typer.Option(help="Column of ids; by default the model's, or the first."),
]
Encoding = Annotated[str, typer.Option(help="Of CSV files, such as cp950.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("link")(link_tables)
    app.command("train")(train)


def link_tables(  # noqa: PLR0913 - these are the options of the command line
    left: Left,
    right: Right = None,
    *,
    model: ModelFile,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV or Parquet of pairs to write.")
    ] = None,
    clusters: Annotated[
        Path | None,
        typer.Option("--clusters", help="CSV or Parquet of rows and their clusters."),
    ] = None,
    least_bits: Annotated[
        float, typer.Option(help="Least match weight; 0 is a probability of one half.")
    ] = 0.0,
    id_col: IdColumn = None,
    truth: Annotated[
        str | None,
        typer.Option(help="Column that is equal in rows that do belong together."),
    ] = None,
    count: Annotated[
        bool, typer.Option("--count", help="Only count the pairs of each rule.")
    ] = False,
    encoding: Encoding = "utf-8",
    as_json: Json = False,
) -> None:
    """Find the rows of two tables, or of one, that belong together, and say why.

    Pairs come with their weight in bits, the probability, and the bits of each
    comparison: above 0 for, below 0 against. Clusters are made of rows of one table.

    Examples: `lianfang link people.csv --model people.json --out pairs.csv`,
    `lianfang link a.csv b.parquet --model people.json --count`
    """
    if clusters is not None and right is not None:
        raise typer.BadParameter("clusters are made of one table: leave out RIGHT")
    if not count and out is None and clusters is None and truth is None:
        raise typer.BadParameter("say what is wanted: --out, --clusters or --truth")
    with_model = read_model(model)
    tables = read_tables(with_model, left, right, id_col, encoding)
    if count:
        _tell_counts(with_model, tables, as_json=as_json)
        return
    of_truth = None if truth is None else truth_of(tables, truth)
    with shown() as progress:
        least = least_bits - NEARLY if of_truth is None else -np.inf
        links = link(with_model, *tables, least_bits=least, progress=progress)
    summary = _figures(links, of_truth, least_bits)
    if len(tables) == 1 and (clusters is not None or of_truth is not None):
        groups = _groups(with_model, links, tables[0], least_bits)
        summary |= _group_figures(groups, of_truth)
        if clusters is not None:
            ids = np.array(tables[0].ids, dtype=object)
            _write(pa.table({"id": ids, "cluster": ids[groups]}), clusters)
    if out is not None:
        _write(_pairs_table(with_model, _from(links, least_bits), tables), out)
    _tell(summary, as_json=as_json)


def train(  # noqa: PLR0913 - these are the options of the command line
    left: Left,
    right: Right = None,
    *,
    model: ModelFile,
    out: Annotated[Path, typer.Option("--out", help="Model to write.")],
    random_pairs: Annotated[
        int, typer.Option(min=1000, help="Random pairs to count chance agreement on.")
    ] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Of the random pairs.")] = 0,
    id_col: IdColumn = None,
    truth: Annotated[
        str | None,
        typer.Option(help="Column that is equal in rows that belong together."),
    ] = None,
    encoding: Encoding = "utf-8",
    as_json: Json = False,
) -> None:
    """Estimate the numbers of a model on tables, and write it.

    Without labels by expectation maximisation; with `--truth` by counting.

    Examples: `lianfang train people.csv --model settings.json --out people.json`
    """
    begun = read_model(model)
    tables = read_tables(begun, left, right, id_col, encoding)
    if truth is None:
        found = train_model(begun, *tables, random_pairs=random_pairs, seed=seed)
    else:
        pairs = true_pairs(*truth_of(tables, truth))
        ends = tables[0], tables[-1]
        counted = train_on_pairs(
            begun, *ends, pairs, random_pairs=random_pairs, seed=seed
        )
        found = Trained(counted, (), ())
    source = ", ".join(table.name for table in tables)
    write_model(found.model, out, source=source)
    _tell_trained(found, as_json=as_json)


def _figures(
    links: Links, truth: tuple[Rows, ...] | None, least_bits: float
) -> dict[str, object]:
    kept = int((links.bits >= least_bits).sum())
    summary: dict[str, object] = {"pairs weighed": links.weighed, "pairs kept": kept}
    if truth is None:
        return summary
    is_true = truth[0][links.left_rows] == truth[-1][links.right_rows]
    figures = pair_figures(links.bits, is_true, _n_true(truth))
    return summary | {
        key.replace("_", " "): one for key, one in asdict(figures).items()
    }


def _groups(model: Model, links: Links, table: Table, least_bits: float) -> Rows:
    """Return the number of each row's group, with a note on a terminal meanwhile."""
    console = Console(stderr=True)
    with (
        console.status("putting rows together")
        if console.is_terminal
        else nullcontext()
    ):
        scorer = Scorer(model, table, table)
        near = _from(links, least_bits - NEARLY)
        return pooled(scorer, near, least_bits=least_bits)


def _group_figures(groups: Rows, truth: tuple[Rows, ...] | None) -> dict[str, object]:
    summary: dict[str, object] = {"clusters": int(np.unique(groups).size)}
    if truth is None:
        return summary
    figures = asdict(cluster_figures(groups, truth[0]))
    return summary | {f"cluster {key}": one for key, one in figures.items()}


def _n_true(truth: tuple[Rows, ...]) -> int:
    sizes = [np.unique(one, return_counts=True) for one in truth]
    if len(truth) == 1:
        n = sizes[0][1]
        return int((n * (n - 1) // 2).sum())
    _, at, other = np.intersect1d(sizes[0][0], sizes[1][0], return_indices=True)
    is_known = sizes[0][0][at] >= 0
    return int((sizes[0][1][at] * sizes[1][1][other])[is_known].sum())


def _from(links: Links, least_bits: float) -> Links:
    """Return the links from a weight on; they stand in order of it."""
    n = int((links.bits >= least_bits).sum())
    return Links(
        links.left_rows[:n], links.right_rows[:n], links.bits[:n], links.parts[:n],
        links.rule[:n], links.weighed,
    )  # fmt: skip


def _pairs_table(model: Model, links: Links, tables: tuple[Table, ...]) -> pa.Table:
    left, right = (np.array(one.ids, dtype=object) for one in (tables[0], tables[-1]))
    columns = {
        "left_id": left[links.left_rows],
        "right_id": right[links.right_rows],
        "weight_bits": links.bits.round(6),
        "probability": links.probability,
        "rule": links.rule.astype(np.int16) + 1,
    }
    parts = {
        f"bits_{comparison.name}": links.parts[:, k].round(6)
        for k, comparison in enumerate(model.comparisons)
    }
    return pa.table(columns | parts)


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        pa.parquet.write_table(table, path, compression="zstd")
    else:
        pa.csv.write_csv(table, path)


def _tell(summary: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        content = {key.replace(" ", "_"): one for key, one in summary.items()}
        typer.echo(orjson.dumps(content).decode())
        return
    for key, one in summary.items():
        typer.echo(
            f"{key}: {one:,.6g}" if isinstance(one, float) else f"{key}: {one:,}"
        )


def _tell_counts(model: Model, tables: tuple[Table, ...], *, as_json: bool) -> None:
    counts = Blocking(model.blocking, tables[0], tables[-1]).counts()
    told = [
        {"rule": rule.sql, "pairs": n}
        for rule, n in zip(model.blocking, counts, strict=True)
    ]
    if as_json:
        typer.echo(orjson.dumps(told).decode())
        return
    for one in told:
        typer.echo(f"{one['pairs']:>14,}  {one['rule']}")
    typer.echo(f"{sum(counts):>14,}  at most, pairs of several rules counted by each")


def _tell_trained(found: Trained, *, as_json: bool) -> None:
    if as_json:
        content = {
            "prior": found.model.prior,
            "sessions": [asdict(one) for one in found.sessions],
            "untrained": found.untrained,
        }
        typer.echo(orjson.dumps(content).decode())
        return
    for one in found.sessions:
        what = one.note or f"{one.share:.1%} matches, {one.rounds} rounds"
        typer.echo(f"{one.pairs:>12,} pairs  {what}  {one.rule}")
    typer.echo(f"prior: one in {1 / found.model.prior:,.0f} pairs")
    if found.untrained:
        names = ", ".join(found.untrained)
        typer.echo(f"not trained, every rule asks for it: {names}", err=True)
