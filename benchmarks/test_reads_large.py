"""A hundred million reads, kept and found, beside DuckDB.

python -m benchmarks.test_reads_large           # some ten minutes, 4 GB of disk
python -m benchmarks.test_reads_large --quick   # 200,000: does it work?
"""

import sys
from dataclasses import replace

from benchmarks.reads_report import as_markdown
from benchmarks.test_reads import QUICK, WHOLE, measured

ENGINES = ("ours", "duckdb")
ROWS = 100_000_000


def main() -> int:
    """Run it and print what was measured."""
    is_quick = "--quick" in sys.argv
    plan = QUICK if is_quick else replace(WHOLE, rows=ROWS, slow=(), slow_rows=0)
    found = measured(replace(plan, engines=ENGINES), None)
    sys.stdout.write(as_markdown(found))
    return int(any(stage.different for stage in found.stages))


if __name__ == "__main__":
    raise SystemExit(main())
