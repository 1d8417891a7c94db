"""Once warmed up, neither the first batch nor the first report compiles anything."""

import subprocess
import sys

WARMED = """
import json, sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from api.read_bodies import parse_lines
from api.warming import warm_up
from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries
from data.reads.archive import Archive
from data.store import open_store
from matching.model import read_model
from routing.desk import Desk
from tests.api.test_ac01 import READ
from tests.routing.test_desk import read, stolen

NAMES = ("data.reads.kernels", "matching.kernels", "matching.hot_kernels",
         "api.read_kernels", "api.value_kernels")

def known():
    return {
        f"{name}.{key}": len(one.signatures)
        for name in NAMES
        for key, one in vars(import_module(name)).items()
        if hasattr(one, "signatures")
    }

if "cold" not in sys.argv:
    warm_up()
before = known()
folder, now = Path(sys.argv[1]), datetime.now(UTC)
with open_store(folder / "a.db") as store, Archive(folder / "reads") as archive:
    desk = Desk(store, archive, boundaries=load_boundaries(), model=read_model(),
                now=lambda: now)
    desk.add_agencies(county_bureaus(), duty_desks())
    parse_lines(json.dumps(READ).encode(), now=now)
    desk.open_report(stolen())
    assert len(desk.record_reads([read(n=n) for n in range(3)]).lead_reads) == 3
    desk.open_report(stolen(id="rep-2", case_number="another"))
after = known()
print(sorted(name for name in after if after[name] > before[name]))
"""


def compiled_by(*words):
    command = [sys.executable, "-c", WARMED, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_the_first_batch_compiles_nothing(tmp_path):
    assert compiled_by(tmp_path / "warm") == "[]"
    assert "hot_kernels.match" in compiled_by(tmp_path / "cold", "cold")
