"""DuckDB as an archive of reads, in two ways: as they came, and sorted by plate.

What is done for both: times in few bytes and the narrowest types; batches put in as
Arrow tables, one transaction each; the log checkpointed every 256 MB; answers taken as
columns. As they came, row groups keep the least and the largest time, so questions
about a time read little. Sorted, what has come is an open table; settling puts each
day's reads into a file of its own, sorted by plate and time, in row groups of 20,480,
so a plate is found by the least and the largest plate of each; questions about a time
go to its days.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.reads_data import DAY_US, HOUR_US, Cameras
from benchmarks.reads_questions import GIVEN, STORED, in_ms, stored

TYPES = {
    "camera": "USMALLINT",
    "ms": "BIGINT",
    "plate": "VARCHAR",
    "confidence": "UTINYINT",
    "type": "UTINYINT",
    "colour": "UTINYINT",
    "sequence": "UINTEGER",
    "delay": "UINTEGER",
}
CREATE = "(" + ", ".join(f"{name} {kind}" for name, kind in TYPES.items()) + ")"
SELECT = f"SELECT {GIVEN} FROM"
EVER = (0, 2**62)
GROUP = 20_480


def arrow_of(batch) -> pa.Table:
    """Turn a batch into an Arrow table."""
    columns = stored(batch)
    return pa.table(columns | {"plate": pa.array(columns["plate"].tolist())})


class Duckdb:
    """Reads in the order in which they came; one thread appends, another asks."""

    def __init__(self, folder: Path, cameras: Cameras) -> None:
        self._path = folder / "reads.duckdb"
        self._writer = duckdb.connect()
        self._writer.execute(f"ATTACH '{self._path}' AS kept")
        self._writer.execute("USE kept")
        self._writer.execute("SET checkpoint_threshold = '256MB'")
        self._writer.execute(f"CREATE TABLE reads {CREATE}")
        self._reader = self._writer.cursor()
        self._reader.execute("USE kept")

    def append(self, batch) -> None:
        self._writer.register("batch", arrow_of(batch))
        self._writer.execute(f"INSERT INTO reads SELECT {', '.join(STORED)} FROM batch")
        self._writer.unregister("batch")

    def settle(self) -> None:
        self._writer.execute("CHECKPOINT")

    def _reads(self, since: int = EVER[0], until: int = EVER[1]) -> str:
        """Say what holds the reads of a time."""
        return "reads"

    def _found(self, query, words=()):
        return self._reader.execute(query, words).fetchnumpy()

    def by_plates(self, plates):
        # texts in the query itself: as a parameter they would not be looked up by the
        # least and the largest plate of a row group
        some = ", ".join(f"'{plate.decode()}'" for plate in plates)
        return self._found(f"{SELECT} {self._reads()} WHERE plate IN ({some})")

    def by_prefix(self, prefix, length):
        text = prefix.decode()
        behind = text[:-1] + chr(ord(text[-1]) + 1)
        where = f"plate >= '{text}' AND plate < '{behind}' AND length(plate) = {length}"
        return self._found(f"{SELECT} {self._reads()} WHERE {where}")

    def _scene(self, cameras, since, until) -> str:
        some = ", ".join(map(str, cameras.tolist()))
        reads = self._reads(since, until)
        return f"{reads} WHERE {_during(since, until)} AND camera IN ({some})"

    def by_cameras(self, cameras, since, until):
        return self._found(f"{SELECT} {self._scene(cameras, since, until)}")

    def common(self, scenes, least):
        seen = " UNION ALL ".join(
            f"SELECT DISTINCT {nth} AS scene, plate FROM {self._scene(*scene)}"
            for nth, scene in enumerate(scenes)
        )
        return self._found(
            f"SELECT plate, count(*) AS n FROM ({seen}) GROUP BY plate HAVING n >= ?",
            [least],
        )

    def along(self, plate, within_us, least):
        """Take the plate's reads first: then only their hours need be looked at."""
        own = self.by_plates([plate])
        at, camera = (np.ma.getdata(own[name]) for name in ("at", "camera"))
        if not len(at):
            return {"plate": np.array([], dtype="U8"), "n": np.array([], dtype=int)}
        since, until = int(at.min()) - within_us, int(at.max()) + within_us + 1
        seen = pa.table({"own_camera": camera, "own_ms": at // 1_000})
        self._reader.register("seen", seen)
        within = in_ms(within_us)
        return self._found(f"""
            SELECT plate, count(DISTINCT camera) AS n
            FROM seen JOIN {self._reads(since, until)} r ON r.camera = own_camera
                AND r.ms BETWEEN own_ms - {within} AND own_ms + {within}
            WHERE {_during(since, until)} AND plate <> '{plate.decode()}'
            GROUP BY plate HAVING n >= {least}
        """)

    def last(self, plates):
        some = ", ".join(f"'{plate.decode()}'" for plate in plates)
        columns = ", ".join(f"arg_max({name}, ms) AS {name}" for name in STORED)
        latest = f"""
            SELECT {columns} FROM {self._reads()} all_reads WHERE plate IN ({some})
            GROUP BY all_reads.plate
        """
        return self._found(f"{SELECT} ({latest})")

    def hourly(self, camera, since, until):
        where = "" if camera is None else f"camera = {camera} AND"
        return self._found(f"""
            SELECT camera, ms * 1000 // {HOUR_US} * {HOUR_US} AS hour, count(*) AS n
            FROM {self._reads(since, until)}
            WHERE {where} {_during(since, until)} GROUP BY ALL
        """)

    def as_array(self, answer, dtype):
        rows = np.empty(len(answer[dtype.names[0]]), dtype=dtype)
        for name in dtype.names:
            column = np.ma.getdata(answer[name])
            rows[name] = column.astype("S8") if name == "plate" else column
        return rows

    def bytes_on_disk(self) -> int:
        return sum(path.stat().st_size for path in self._path.parent.iterdir())

    def servers(self):
        return ()

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def _during(since: int, until: int) -> str:
    return f"ms >= {in_ms(since)} AND ms < {in_ms(until)}"


class DuckdbDays(Duckdb):
    """A file a day, sorted by plate and time, beside what has come since."""

    def __init__(self, folder: Path, cameras: Cameras) -> None:
        super().__init__(folder, cameras)
        self._days: tuple[int, ...] = ()

    def settle(self) -> None:
        query = f"SELECT DISTINCT ms * 1000 // {DAY_US} FROM reads ORDER BY 1"
        fresh = [day for (day,) in self._writer.execute(query).fetchall()]
        for day in fresh:
            self._make_day(day)
        self._days = tuple(sorted({*self._days, *fresh}))
        say = self._writer.execute
        say("TRUNCATE reads")
        say("CHECKPOINT")

    def _make_day(self, day: int) -> None:
        """Sort a day's reads into a new file, those of its old file among them."""
        say, path = self._writer.execute, self._path.parent / f"{day}.duckdb"
        new = path.with_suffix(".new")
        where = _during(day * DAY_US, (day + 1) * DAY_US)
        parts = f"SELECT * FROM reads WHERE {where}"
        if day in self._days:
            parts += f" UNION ALL SELECT * FROM day_{day}.reads"
        say(f"ATTACH '{new}' AS new_day (ROW_GROUP_SIZE {GROUP})")
        say(f"CREATE TABLE new_day.reads AS {parts} ORDER BY plate, ms")
        say("CHECKPOINT new_day")
        say("DETACH new_day")
        if day in self._days:
            say(f"DETACH day_{day}")
        new.replace(path)
        say(f"ATTACH '{path}' AS day_{day} (READ_ONLY)")

    def _reads(self, since: int = EVER[0], until: int = EVER[1]) -> str:
        tables = [
            f"day_{day}.reads"
            for day in self._days
            if since // DAY_US <= day <= (until - 1) // DAY_US
        ]
        parts = (f"SELECT * FROM {name}" for name in ("reads", *tables))
        return f"({' UNION ALL '.join(parts)})"
