"""What the tables cost: seconds to build, milliseconds to map, megabytes."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_MEASURE = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
import numpy as np
from data.bundled import BUNDLED, load_boundaries, manifest
from data.table_files import tables_key, open_tables, save_tables

kept = Path(sys.argv[1]) / "taiwan.grid"
key = tables_key(manifest()["sha256"])
taiwan = load_boundaries()
began = perf_counter()
bare = type(taiwan)(taiwan.county, taiwan.town, taiwan.village)
tables = bare.with_tables().tables
built_s = perf_counter() - began
save_tables(kept, tables, key)
opened = []
for _ in range(9):
    began = perf_counter()
    open_tables(kept, key)
    opened.append(perf_counter() - began)
sizes = {level.value: grid.nbytes / 1e6 for level, grid in tables.grids.items()}
sizes["borders"] = tables.border_cells.nbytes / 1e6
slow = sum(grid.parts.n_slow for grid in tables.grids.values())
print(json.dumps({"built_s": built_s, "opened_ms": 1e3 * min(opened),
                  "megabytes": sizes, "undecided_cells": slow}))
"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Cost of the tables of the bundled boundaries.

    ``megabytes`` by finest level, and those of the borders; all are mapped, so
    processes share them.
    """

    built_s: float
    opened_ms: float
    megabytes: dict[str, float]
    undecided_cells: int


def footprint() -> Footprint:
    """Build and map the tables in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, folder],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parent.parent,
        )
    return Footprint(**json.loads(done.stdout))
