"""How fast reads are kept and found, beside SQLite, PostgreSQL and DuckDB.

    python -m benchmarks.test_reads                # 20 M reads, some 20 minutes
    python -m benchmarks.test_reads --quick        # 200,000 reads: does all of it work?
    python -m benchmarks.test_reads --rows 100_000_000 --engines ours duckdb
    python -m pytest benchmarks/test_reads.py      # the quick one, as a test

All archives get the same reads in the same run and are asked the same questions in
turn; an answer that differs from another archive's in any column of any row makes the
run fail. SQLite gets only the first of the reads, and all are asked and compared at
that size too: a tree that grows makes it slow. The long run takes about an hour, 10 GB
of disk and little memory.
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.reads_report import as_markdown
from benchmarks.reads_run import LARGE, Plan, run
from benchmarks.reads_worker import ENGINES

QUICK = Plan(
    rows=200_000,
    engines=tuple(ENGINES),
    stretch=20_000,
    streamed=20_000,
    asked=16,
    patience_s=0.5,
)
WHOLE = Plan(
    rows=20_000_000, engines=tuple(ENGINES), slow=("sqlite",), slow_rows=5_000_000
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="200,000 reads")
    parser.add_argument(
        "--rows", type=_rows, help="how many reads, by tens of thousands"
    )
    parser.add_argument("--engines", nargs="+", choices=[*ENGINES])
    parser.add_argument("--slow-rows", type=_rows, help="how many of them SQLite gets")
    parser.add_argument("--folder", type=Path, help="where; temporary by default")
    asked = parser.parse_args()
    plan = QUICK if asked.quick else WHOLE
    changes = {
        "rows": asked.rows,
        "engines": asked.engines,
        "slow_rows": asked.slow_rows,
    }
    plan = replace(plan, **{name: to for name, to in changes.items() if to})
    least = min(plan.rows, plan.slow_rows or plan.rows) // LARGE
    plan = replace(plan, streamed=min(plan.streamed, least // 5 * LARGE))
    found = measured(plan, asked.folder)
    sys.stdout.write(as_markdown(found))
    return int(any(stage.different for stage in found.stages))


def _rows(text: str) -> int:
    rows = int(text)
    if rows < 10 * LARGE or rows % LARGE:
        raise argparse.ArgumentTypeError(
            f"{rows} reads; want a multiple of {LARGE:,}, {10 * LARGE:,} at least"
        )
    return rows


def measured(plan: Plan, folder: Path | None):
    """Run a plan in a folder that is removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="reads", dir=folder))
    home.chmod(0o755)  # PostgreSQL runs as another user
    try:
        return run(plan, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def quick():
    return measured(QUICK, None)


def test_all_archives_answer_alike(quick):
    assert "ours" in quick.names
    assert len(quick.names) >= 2
    assert quick.stages[-1].compared > 100
    assert not quick.stages[-1].different


def test_every_kind_of_question_has_answers(quick):
    answers = quick.stages[-1].n_answer
    assert {kind: sum(n) > 0 for kind, n in answers.items()} == dict.fromkeys(
        answers, True
    )


def test_every_batch_reaches_the_disk_before_it_is_acknowledged(quick):
    for filling in quick.stages[-1].filled.values():
        for size, syncs in filling.syncs.items():
            assert syncs is None or syncs >= len(filling.seconds[size])


def test_the_report_has_every_archive_in_both_tables_of_archives(quick):
    text = as_markdown(quick)
    rows = {name: text.count(f"\n| {name} |") for name in quick.names.values()}
    assert rows == dict.fromkeys(rows, 2)


if __name__ == "__main__":
    sys.exit(main())
