"""PostGIS in a cluster of its own, where PostgreSQL and PostGIS are installed.

Points and polygons are in tables with their indexes built and in memory; what is timed
is one query that joins them, and `psql` starting up, some hundredths of a second.
"""

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely

from benchmarks.postgres_user import USER, as_user_of_postgres
from geo.boundaries import Boundaries, Level

SETTINGS = ("shared_buffers=512MB", "jit=off", "max_parallel_workers_per_gather=0")


class NoPostgis(Exception):
    """There is no PostGIS on this machine."""


class Postgis:
    """A running cluster with the layers of some boundaries in it."""

    def __init__(self, folder: Path, binaries: Path, taiwan: Boundaries):
        self._folder, self._binaries = folder, binaries
        self._run("CREATE EXTENSION postgis")
        for level in Level:
            self._keep_layer(level, getattr(taiwan, level.value))

    def _keep_layer(self, level: Level, layer):
        shapes = shapely.to_wkb(
            shapely.set_srid(layer.shapes, 4326), hex=True, include_srid=True
        )
        rows = "\n".join(f"{i}\t{shape}" for i, shape in enumerate(shapes))
        table = f"b_{level.value}"
        self._run(f"CREATE TABLE {table} (i int, shape geometry)")
        self._run(f"COPY {table} FROM STDIN", rows)
        self._run(f"CREATE INDEX ON {table} USING gist (shape); ANALYZE {table}")

    def load(self, name: str, points: np.ndarray):
        """Put points into a table."""
        rows = "\n".join(f"{x!r}\t{y!r}" for x, y in points.tolist())
        self._run(f"CREATE TABLE {name} (x float8, y float8, at geometry)")
        self._run(f"COPY {name} (x, y) FROM STDIN", rows)
        self._run(f"UPDATE {name} SET at = ST_SetSRID(ST_MakePoint(x, y), 4326)")
        self._run(f"VACUUM ANALYZE {name}")

    def count(self, name: str, level: Level) -> int:
        """Join points and polygons; how many pairs there are."""
        query = (
            f"SELECT count(b.i) FROM {name} p JOIN b_{level.value} b "
            "ON ST_Covers(b.shape, p.at)"
        )
        return int(self._run(query))

    def _run(self, query: str, text: str = "") -> str:
        words = [self._binaries / "psql", "-qtAX", "-v", "ON_ERROR_STOP=1"]
        words += ["-h", self._folder, "-U", USER, "-c", query]
        done = subprocess.run(
            [*map(str, words), "postgres"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


@contextmanager
def postgis(taiwan: Boundaries):
    """Run a cluster for as long as it is needed.

    Raises
    ------
    NoPostgis
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user = as_user_of_postgres(folder)
    data, log = folder / "data", folder / "log"
    control = [binaries / "pg_ctl", "-D", data, "-l", log, "-w"]
    options = [f"-c {one}" for one in SETTINGS]
    options += ["-c listen_addresses=''", f"-k {folder}"]
    try:
        as_user([binaries / "initdb", "-D", data, "-U", USER, "-A", "trust"])
        as_user([*control, "-o", " ".join(options), "start"])
        try:
            yield Postgis(folder, binaries, taiwan)
        finally:
            as_user([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    for control in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[::-1]:
        release = control.parent.parent.name
        extensions = Path("/usr/share/postgresql") / release / "extension"
        if (extensions / "postgis.control").exists():
            return control.parent
    raise NoPostgis("no PostgreSQL with PostGIS in /usr/lib/postgresql")
