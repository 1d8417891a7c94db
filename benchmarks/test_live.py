"""One record held against a million open ones, beside Splink 5 on DuckDB.

    python -m benchmarks.test_live             # some ten minutes
    python -m benchmarks.test_live --quick     # 20,000 invented rows: does it work?
    python -m pytest benchmarks/test_live.py   # the quick one, as a test

Both have the same rows, the same trained model and the same shares of values, and are
asked for records that are not among the rows, with the typing errors of their own. Ours
is one thread; DuckDB has what cores there are. What is timed is from a record as a
dictionary to its hits in Python; of Splink, the fastest of the ways that it offers for
one new record, with its term frequencies worked out before.
"""

import argparse
import gc
import logging
import multiprocessing
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from splink import DuckDBAPI, Linker

from benchmarks.linkage_data import COLUMNS, persons, settings
from matching.linkage.blocking import Blocking
from matching.linkage.live import Live
from matching.linkage.scoring import Scorer
from matching.linkage.settings import model_of, settings_of
from matching.linkage.texts import Texts, table_of
from matching.linkage.training import train

AT_ONCE = 10_000
ASKED = 1_000
ASKED_EVERY = 100
OF_SPLINK = 20
OF_SPLINK_EVERY = 5
ALL = 10**9
EVERY_RULE = ["1 = 1"]


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20,000 invented rows")
    parser.add_argument("--rows", type=int, default=1_000_000, help="invented rows")
    asked = parser.parse_args()
    sys.stdout.write(measured(20_000 if asked.quick else asked.rows))
    return 0


def measured(n):
    """Return what ours and Splink take for n rows, as Markdown."""
    sys.stderr.write(f"{n:,} invented rows\n")
    columns = persons(n + ASKED)
    asked = records(columns, range(n, n + ASKED))
    columns = {key: columns[key][:n] for key in ("unique_id", *COLUMNS)}
    with multiprocessing.get_context("spawn").Pool(1) as other:
        content, frequencies, weighing = other.apply(trained, (columns,))
    model = model_of(content, frequencies)
    live, added = filled(model, columns)
    ours = timed(lambda one: live.find(one), asked)
    ours_every = timed(lambda one: live.find(one, every=True), asked[:ASKED_EVERY])
    splink = Splink(columns, content, model.tf_columns)
    theirs = timed(splink.find, asked[:OF_SPLINK])
    theirs_every = timed(splink.find_every, asked[:OF_SPLINK_EVERY])
    told = same(live, splink, asked)
    return (
        f"{n:,} invented rows, one trained model and its five rules for both. {told}\n"
        f"\n| records | added a second | bytes a record |\n|--:|--:|--:|\n| {n:,} | "
        f"{added[0]:,.0f} | {added[1]:,.0f} |\n"
        "\n| question | tool | questions | p50 ms | p95 ms | of ours, p50 |\n"
        "|---|---|--:|--:|--:|--:|\n"
        + rows_of("by the rules", ours, theirs)
        + rows_of("every record", ours_every, theirs_every)
        + "\n| pairs of the rules, weighed | pairs | pairs a second |\n|---|--:|--:|\n"
        + weighing
    )


def trained(columns):
    """Return settings and shares of a model, and how fast it weighs pairs; in Markdown.

    In a process of its own: the memory that it takes would be lent to the records.
    """
    table = table_of(columns, id_column="unique_id", name="rows", texts=Texts())
    found = train(model_of(settings()), table).model
    pieces = [
        (p.left_rows, p.right_rows) for p in Blocking(found.blocking, table, table)
    ]
    left, right = (np.concatenate(side) for side in zip(*pieces, strict=True))
    scorer = Scorer(found, table, table)
    start = time.perf_counter()
    first = scorer.weigh(left, right)
    first_s = time.perf_counter() - start
    known = scorer.measure(left, right)
    took = []
    for _ in range(7):
        start = time.perf_counter()
        again = scorer.weigh(left, right, known)
        took.append(time.perf_counter() - start)
    if not np.array_equal(first.bits, again.bits):
        raise SystemExit("what was measured before weighs otherwise")
    told = (
        f"| texts compared anew | {left.size:,} | {left.size / first_s:,.0f} |\n"
        f"| their likenesses known, best of 7 | {left.size:,} | "
        f"{left.size / min(took):,.0f} |\n"
    )
    shares = {column: dict(of.items()) for column, of in found.frequencies.items()}
    return settings_of(found), shares, told


def records(columns, rows):
    """Return rows as records; what is missing is left out."""
    every = zip(*(columns[key][rows.start : rows.stop] for key in COLUMNS), strict=True)
    return [
        {key: value for key, value in zip(COLUMNS, row, strict=True) if value}
        for row in every
    ]


def filled(model, columns):
    """Return open records, how many came in a second, and the bytes of each."""
    live, n = Live(model), len(columns["unique_id"])
    gc.collect()
    before, spent = resident(), 0.0
    for begin in range(0, n, AT_ONCE):
        made = records(columns, range(begin, min(begin + AT_ONCE, n)))
        # a text with a space is another: what the table has of it is not counted
        batch = {
            f"p{begin + k}": {key: f"{value} " for key, value in one.items()}
            for k, one in enumerate(made)
        }
        start = time.perf_counter()
        live.add(batch)
        spent += time.perf_counter() - start
    del made, batch
    gc.collect()
    return live, (n / spent, (resident() - before) / n)


def resident():
    """Return the memory of this process in bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


def timed(find, asked):
    """Return how long each question took, in milliseconds, after some for warming."""
    for one in asked[: max(len(asked) // 10, 1)]:
        find(one)
    took = []
    for one in asked:
        start = time.perf_counter()
        find(one)
        took.append(1e3 * (time.perf_counter() - start))
    return np.array(took)


class Splink:
    """The same rows in DuckDB, asked by way of Splink."""

    def __init__(self, columns, content, tf_columns):
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")
        self.api = DuckDBAPI()
        self.stored = self.api.register(pd.DataFrame(columns))
        self.linker = Linker(self.stored, content)
        for column in tf_columns:
            self.linker.table_management.compute_tf_table(column)

    def find(self, record, rules=None):
        """Return ids and weights of the records that may be the one asked for."""
        row = {"unique_id": "asked", **{key: record.get(key) for key in COLUMNS}}
        frame = pd.DataFrame([row]).astype({key: "string" for key in COLUMNS})
        asked = self.api.register(frame)
        found = self.linker.inference.predict_between(
            asked,
            self.stored,
            blocking_rules_to_generate_predictions=rules,
            threshold_match_weight=0.0,
        )
        told = found.as_pandas_dataframe()
        found.drop_table_from_database_and_remove_from_cache()
        return dict(zip(told["unique_id_r"], told["match_weight"], strict=True))

    def find_every(self, record):
        """Return the same of all records."""
        return self.find(record, EVERY_RULE)


def same(live, splink, asked):
    """Say whether both find the same records by the same weights."""
    apart, hits = [0.0], 0
    for is_every, n in ((False, OF_SPLINK), (True, OF_SPLINK_EVERY)):
        for one in asked[:n]:
            ours = live.find(one, most=ALL, every=is_every)
            theirs = splink.find_every(one) if is_every else splink.find(one)
            if {hit.id for hit in ours} != set(theirs):
                return "The hits DIFFER."
            apart += [abs(hit.bits - theirs[hit.id]) for hit in ours]
            hits += len(ours)
    return (
        f"The hits of {OF_SPLINK} questions by the rules and {OF_SPLINK_EVERY} of "
        f"every record, {hits} in all, are the same, their weights at most "
        f"{max(apart):.1e} bits apart."
    )


def rows_of(question, ours, theirs):
    """Return the two rows of a question."""
    return "".join(
        f"| {question} | {tool} | {took.size:,} | {np.median(took):,.2f} | "
        f"{np.percentile(took, 95):,.2f} | {np.median(took) / np.median(ours):,.0f} |\n"
        for tool, took in (("ours", ours), ("Splink 5", theirs))
    )


def test_hits_and_weights_are_splinks():
    told = measured(20_000)
    assert "are the same" in told
    assert float(told.split("at most ")[1].split(" bits")[0]) < 1e-6


if __name__ == "__main__":
    raise SystemExit(main())
