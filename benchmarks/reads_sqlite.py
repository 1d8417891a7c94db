"""SQLite as an archive of reads: a file a day, in two orders.

What is done for it: each day is a file of its own, so trees stay small and a day is
dropped by deleting it; the table is clustered by plate and time, and a covering index
holds the same reads by camera and time, so no question looks a row up twice; times are
kept in few bytes; each batch is one transaction a day, sorted as the table is; WAL with
``synchronous=FULL``, a checkpoint every 200 MB, a cache of 256 MB for the writer and
files mapped for readers; settling packs the files. Questions go to the days they are
about and are put together in Python.
"""

from collections import Counter
from itertools import groupby
from pathlib import Path

import numpy as np
import pysqlite3

from benchmarks.reads_data import DAY_US, HOUR_US, Cameras
from benchmarks.reads_questions import GIVEN, STORED, in_ms, stored

CREATE = """
CREATE TABLE IF NOT EXISTS reads (
    plate TEXT, ms INTEGER, camera INTEGER, sequence INTEGER, delay INTEGER,
    confidence INTEGER, type INTEGER, colour INTEGER,
    PRIMARY KEY (plate, ms, camera, sequence)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_camera
    ON reads (camera, ms, delay, confidence, type, colour);
"""
WRITER = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -262144;
PRAGMA wal_autocheckpoint = 50000;
"""
MS, DAY_MS = STORED.index("ms"), DAY_US // 1_000
READER = "PRAGMA cache_size = -65536; PRAGMA mmap_size = 4294967296;"
PUT = f"INSERT INTO reads ({', '.join(STORED)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SELECT = f"SELECT {GIVEN} FROM reads"


class Sqlite:
    """See the top of the file; one thread appends, another asks."""

    def __init__(self, folder: Path, cameras: Cameras) -> None:
        self._folder = folder
        self._writers: dict[int, pysqlite3.Connection] = {}
        self._readers: dict[int, pysqlite3.Connection] = {}

    def append(self, batch) -> None:
        order = np.lexsort((batch.at, batch.plate, batch.at // DAY_US))
        columns = [column[order].tolist() for column in stored(batch).values()]
        rows = zip(*columns, strict=True)
        for day, some in groupby(rows, lambda row: row[MS] // DAY_MS):
            with self._writer(day) as connection:
                connection.executemany(PUT, some)

    def _writer(self, day: int) -> pysqlite3.Connection:
        if day not in self._writers:
            path = self._folder / f"{day}.sqlite"
            connection = pysqlite3.connect(path, check_same_thread=False)
            connection.executescript(WRITER + CREATE)
            self._writers[day] = connection
        return self._writers[day]

    def _days(self, since: int = 0, until: int = 2**62) -> list[pysqlite3.Connection]:
        """Give the days of a time, first to last."""
        days = sorted(self._writers)
        return [
            self._reader(day)
            for day in days
            if since // DAY_US <= day <= (until - 1) // DAY_US
        ]

    def _reader(self, day: int) -> pysqlite3.Connection:
        if day not in self._readers:
            path = self._folder / f"{day}.sqlite"
            connection = pysqlite3.connect(
                path, check_same_thread=False, cached_statements=512
            )
            connection.executescript(READER)
            self._readers[day] = connection
        return self._readers[day]

    def settle(self) -> None:
        for connection in self._writers.values():
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def by_plates(self, plates):
        words = [plate.decode() for plate in plates]
        query = f"{SELECT} WHERE plate IN ({_marks(words)})"
        return self._rows(query, words)

    def by_prefix(self, prefix, length):
        text = prefix.decode()
        query = f"{SELECT} WHERE plate >= ? AND plate < ? AND length(plate) = ?"
        return self._rows(query, (text, _behind(text), length))

    def by_cameras(self, cameras, since, until):
        words = [*cameras.tolist(), in_ms(since), in_ms(until)]
        query = f"{SELECT} INDEXED BY by_camera WHERE camera IN ({_marks(cameras)})"
        return self._rows(f"{query} AND ms >= ? AND ms < ?", words, since, until)

    def _rows(self, query, words, since=0, until=2**62) -> list[tuple]:
        found: list[tuple] = []
        for day in self._days(since, until):
            found += day.execute(query, words).fetchall()
        return found

    def common(self, scenes, least):
        seen: Counter = Counter()
        for cameras, since, until in scenes:
            query = f"""
                SELECT DISTINCT plate FROM reads INDEXED BY by_camera
                WHERE camera IN ({_marks(cameras)}) AND ms >= ? AND ms < ?
            """
            words = [*cameras.tolist(), in_ms(since), in_ms(until)]
            seen.update(set(self._rows(query, words, since, until)))
        return [(plate, n) for (plate,), n in seen.items() if n >= least]

    def along(self, plate, within_us, least):
        """Look around each read of the plate, in its day and perhaps the next."""
        query = """
            SELECT DISTINCT plate FROM reads INDEXED BY by_camera
            WHERE camera = ? AND ms >= ? AND ms < ? AND plate <> ?
        """
        met: dict[str, set[int]] = {}
        own = plate.decode()
        for _, at, camera, *_ in self.by_plates([plate]):
            since, until = at - within_us, at + within_us + 1
            words = (camera, in_ms(since), in_ms(until), own)
            for (other,) in self._rows(query, words, since, until):
                met.setdefault(other, set()).add(camera)
        return [(other, len(at)) for other, at in met.items() if len(at) >= least]

    def last(self, plates):
        """Look from the last day back until every plate is found."""
        query = f"{SELECT} WHERE plate = ? ORDER BY ms DESC LIMIT 1"
        left, found = {plate.decode() for plate in plates}, []
        for day in reversed(self._days()):
            rows = [day.execute(query, (plate,)).fetchone() for plate in left]
            found += [row for row in rows if row]
            left -= {row[0] for row in rows if row}
            if not left:
                break
        return found

    def hourly(self, camera, since, until):
        where = "" if camera is None else "camera = :camera AND "
        query = f"""
            SELECT camera, ms * 1000 / {HOUR_US} * {HOUR_US} AS hour, count(*)
            FROM reads INDEXED BY by_camera
            WHERE {where} ms >= :since AND ms < :until GROUP BY camera, hour
        """
        words = {"camera": camera, "since": in_ms(since), "until": in_ms(until)}
        found: Counter = Counter()
        for number, hour, n in self._rows(query, words, since, until):
            found[number, hour] += n
        return [(*key, n) for key, n in found.items()]

    def as_array(self, answer, dtype):
        return np.array(answer, dtype=dtype)

    def bytes_on_disk(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def servers(self):
        return ()

    def close(self) -> None:
        for connection in (*self._writers.values(), *self._readers.values()):
            connection.close()


def _marks(words) -> str:
    return ", ".join("?" * len(words))


def _behind(prefix: str) -> str:
    """Give the first text behind all that begin with a prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
