"""What the grids cost: seconds to build, milliseconds to map, megabytes."""

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
from data.grid_files import grid_key, open_grids, save_grids

kept = Path(sys.argv[1]) / "taiwan.grid"
key = grid_key(manifest()["sha256"])
taiwan = load_boundaries()
began = perf_counter()
grids = type(taiwan)(taiwan.county, taiwan.town, taiwan.village).with_grids().grids
built_s = perf_counter() - began
save_grids(kept, grids, key)
opened = []
for _ in range(9):
    began = perf_counter()
    open_grids(kept, key)
    opened.append(perf_counter() - began)
sizes = {level.value: grid.nbytes / 1e6 for level, grid in grids.items()}
slow = sum(grid.parts.n_slow for grid in grids.values())
print(json.dumps({"built_s": built_s, "opened_ms": 1e3 * min(opened),
                  "megabytes": sizes, "undecided_cells": slow}))
"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Cost of the grids of the bundled boundaries.

    ``megabytes`` by finest level; all are mapped, so processes share them.
    """

    built_s: float
    opened_ms: float
    megabytes: dict[str, float]
    undecided_cells: int


def footprint() -> Footprint:
    """Build and map the grids in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, folder],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parent.parent,
        )
    return Footprint(**json.loads(done.stdout))
