"""PostgreSQL as an archive of reads, in a cluster of its own.

What is done for it: a partition a day; rows put in by COPY, a batch a transaction,
``synchronous_commit`` on; indexes on plate and time and on camera and time, the plates
compared as bytes; narrow columns in the order that pads least; 1 GB of shared buffers,
a log of 16 GB between checkpoints, compressed; no JIT; ``random_page_cost`` 1.1;
prepared statements, answers in binary. Settling vacuums, so that counting needs only an
index.
"""

import shutil
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
from pyarrow import csv

from benchmarks.postgres_user import USER, as_user_of_postgres
from benchmarks.reads_data import DAY_US, HOUR_US, Cameras
from benchmarks.reads_duckdb import arrow_of
from benchmarks.reads_questions import GIVEN, STORED, in_ms

SETTINGS = (
    "shared_buffers=1GB",
    "max_wal_size=16GB",
    "checkpoint_timeout=30min",
    "wal_compression=lz4",
    "wal_buffers=64MB",
    "work_mem=64MB",
    "maintenance_work_mem=512MB",
    "effective_cache_size=8GB",
    "random_page_cost=1.1",
    "jit=off",
    "listen_addresses=''",
)
CREATE = """
CREATE TABLE reads (
    ms bigint NOT NULL, camera integer NOT NULL, sequence integer, delay integer,
    confidence smallint, type smallint, colour smallint,
    plate text COLLATE "C" NOT NULL
) PARTITION BY RANGE (ms);
CREATE INDEX ON reads (plate, ms);
CREATE INDEX ON reads (camera, ms);
"""
COPY = f"COPY reads ({', '.join(STORED)}) FROM STDIN (FORMAT csv)"
SELECT = f"SELECT {GIVEN}"
PLAIN = csv.WriteOptions(include_header=False, quoting_style="none")


class NoPostgres(Exception):
    """There is no PostgreSQL on this machine."""


class Postgres:
    """A running cluster; one thread appends, another asks."""

    def __init__(self, folder: Path, cameras: Cameras) -> None:
        self._folder = folder
        self._binaries = _binaries()
        self._as_user = as_user_of_postgres(folder)
        data, log = folder / "data", folder / "log"
        self._control = [self._binaries / "pg_ctl", "-D", data, "-l", log, "-w"]
        initdb = [self._binaries / "initdb", "-D", data, "-U", USER, "-A", "trust"]
        self._as_user([*initdb, "--locale=C", "-E", "UTF8"])
        options = [f"-c {one}" for one in SETTINGS] + [f"-k {folder}"]
        self._as_user([*self._control, "-o", " ".join(options), "start"])
        self._writer, self._reader = self._connected(), self._connected()
        self._writer.execute(CREATE)
        self._days: set[int] = set()

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder),
            user=USER,
            dbname=USER,
            autocommit=True,
            prepare_threshold=1,
        )

    def append(self, batch) -> None:
        for day in set(np.unique(batch.at // DAY_US).tolist()) - self._days:
            self._days.add(day)
            since, until = in_ms(day * DAY_US), in_ms((day + 1) * DAY_US)
            self._writer.execute(
                f"CREATE TABLE day_{day} PARTITION OF reads "
                f"FOR VALUES FROM ({since}) TO ({until})"
            )
        text = pa.BufferOutputStream()
        csv.write_csv(arrow_of(batch), text, PLAIN)
        with self._writer.cursor().copy(COPY) as copy:
            copy.write(text.getvalue().to_pybytes())

    def settle(self) -> None:
        self._writer.execute("VACUUM (ANALYZE) reads")
        self._writer.execute("CHECKPOINT")

    def _rows(self, query, words) -> list[tuple]:
        with self._reader.cursor(binary=True) as cursor:
            return cursor.execute(query, words).fetchall()

    def by_plates(self, plates):
        words = [[plate.decode() for plate in plates]]
        return self._rows(f"{SELECT} FROM reads r WHERE plate = ANY(%b)", words)

    def by_prefix(self, prefix, length):
        text = prefix.decode()
        words = (text, text[:-1] + chr(ord(text[-1]) + 1), length)
        where = "plate >= %b AND plate < %b AND length(plate) = %b"
        return self._rows(f"{SELECT} FROM reads r WHERE {where}", words)

    def by_cameras(self, cameras, since, until):
        words = (cameras.tolist(), in_ms(since), in_ms(until))
        where = "camera = ANY(%b) AND ms >= %b AND ms < %b"
        return self._rows(f"{SELECT} FROM reads r WHERE {where}", words)

    def common(self, scenes, least):
        seen = " UNION ALL ".join(
            f"SELECT DISTINCT {nth}, plate FROM reads "
            "WHERE camera = ANY(%b) AND ms >= %b AND ms < %b"
            for nth in range(len(scenes))
        )
        words = [
            word
            for cameras, *when in scenes
            for word in (cameras.tolist(), *map(in_ms, when))
        ]
        query = f"""
            SELECT plate, count(*) FROM ({seen}) s GROUP BY plate
            HAVING count(*) >= %b
        """
        return self._rows(query, [*words, least])

    def along(self, plate, within_us, least):
        """Take the plate's reads first, so that each has its own few index scans."""
        query = """
            WITH own AS MATERIALIZED (
                SELECT camera, ms FROM reads WHERE plate = %(plate)b
            )
            SELECT other.plate, count(DISTINCT own.camera)
            FROM own CROSS JOIN LATERAL (
                SELECT plate FROM reads r WHERE r.camera = own.camera
                AND r.ms BETWEEN own.ms - %(within)b AND own.ms + %(within)b
                AND r.plate <> %(plate)b OFFSET 0
            ) other
            GROUP BY other.plate HAVING count(DISTINCT own.camera) >= %(least)b
        """
        words = {"plate": plate.decode(), "within": in_ms(within_us), "least": least}
        return self._rows(query, words)

    def last(self, plates):
        query = f"""
            {SELECT} FROM unnest(%b) AS asked(one) CROSS JOIN LATERAL (
                SELECT * FROM reads WHERE plate = asked.one
                ORDER BY ms DESC LIMIT 1
            ) r
        """
        return self._rows(query, [[plate.decode() for plate in plates]])

    def hourly(self, camera, since, until):
        query = f"""
            SELECT camera, ms * 1000 / {HOUR_US} * {HOUR_US}, count(*) FROM reads
            WHERE ms >= %b AND ms < %b {"" if camera is None else "AND camera = %b"}
            GROUP BY 1, 2
        """
        words = [in_ms(since), in_ms(until), *([] if camera is None else [camera])]
        return self._rows(query, words)

    def as_array(self, answer, dtype):
        return np.array(answer, dtype=dtype)

    def bytes_on_disk(self) -> int:
        """Count the tables and their indexes, not the log, which is used again."""
        query = """
            SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
            WHERE inhparent = 'reads'::regclass
        """
        return int(self._rows(query, ())[0][0])

    def servers(self) -> list[int]:
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def close(self) -> None:
        self._writer.close()
        self._reader.close()
        self._as_user([*self._control, "-m", "immediate", "stop"])


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    if path is None:
        raise NoPostgres("no PostgreSQL in /usr/lib/postgresql and no initdb in PATH")
    return Path(path).resolve().parent
