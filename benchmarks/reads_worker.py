"""Each archive in a process of its own, so that its memory and its syncs are its own.

What is timed is timed in that process: sending batches and answers is not.
"""

import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep

import numpy as np

from benchmarks.reads_data import Batch, Cameras
from benchmarks.reads_fsync import Syncs
from benchmarks.reads_questions import Archive, Question

ENGINES = {
    "ours": ("ours", "reads_ours", "Ours"),
    "sqlite": ("SQLite, a file a day, two orders", "reads_sqlite", "Sqlite"),
    "postgres": ("PostgreSQL, daily partitions, COPY", "reads_postgres", "Postgres"),
    "duckdb": ("DuckDB, as they came", "reads_duckdb", "Duckdb"),
    "duckdb-days": ("DuckDB, day files by plate", "reads_duckdb", "DuckdbDays"),
}
"""Archives by the word that asks for them: name, module and class."""

OPTIONAL = ("duckdb", "psycopg")
"""Packages that come with `make bench`."""

PAUSE_S = 0.002


class Missing(Exception):
    """An archive that this machine has not got."""


class Failed(Exception):
    """An archive raised an error, whose trace this carries."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What one thread saw while another one's reads came in; milliseconds."""

    reads_a_second: float
    acknowledged_ms: Sequence[float]
    quiet_ms: Sequence[float]
    busy_ms: Sequence[float]


class Worker:
    """An archive in its process.

    Raises
    ------
    Missing
        A package or program that it needs is not here.
    """

    def __init__(self, engine: str, folder: Path, cameras: Cameras) -> None:
        self.engine, self.name = engine, ENGINES[engine][0]
        home = folder / engine
        home.mkdir()
        self._syncs = Syncs(folder, engine)
        here, there = get_context("spawn").Pipe()
        words = (engine, home, cameras, there)
        self._process = get_context("spawn").Process(target=_serve, args=words)
        before = dict(os.environ)
        os.environ.update(self._syncs.environment)
        try:
            self._process.start()
        finally:
            os.environ.clear()
            os.environ.update(before)
        self._pipe = here
        try:
            self.call("ready")
        except BaseException:
            self.close()
            raise

    @property
    def syncs(self) -> int | None:
        return self._syncs.now

    def call(self, command: str, *words):
        """Have the process do something and wait for what it says."""
        self._pipe.send((command, words))
        kind, said = self._pipe.recv()
        if kind == "missing":
            raise Missing(said)
        if kind == "error":
            raise Failed(f"{self.name}, {command}:\n{said}")
        return said

    def close(self) -> None:
        if self._process.is_alive():
            self._pipe.send(("close", ()))
        self._process.join(60)
        if self._process.is_alive():
            self._process.terminate()


def _serve(engine: str, home: Path, cameras: Cameras, pipe) -> None:
    """Run in the process: do as told until told to close."""
    archive, refusal = _opened(engine, home, cameras)
    try:
        while True:
            command, words = pipe.recv()
            if command == "close":
                return
            if archive is None:
                pipe.send(refusal)
                continue
            try:
                pipe.send(("done", COMMANDS[command](archive, *words)))
            except Exception:
                pipe.send(("error", traceback.format_exc()))
    finally:
        if archive is not None:
            archive.close()


def _opened(
    engine: str, home: Path, cameras: Cameras
) -> tuple[Archive | None, tuple[str, str]]:
    """Open an archive, or say why not."""
    _, module, kind = ENGINES[engine]
    try:
        opened = getattr(import_module(f"benchmarks.{module}"), kind)
        return opened(home, cameras), ("done", "")
    except Exception as error:
        is_absent = getattr(error, "name", None) in OPTIONAL
        if is_absent or type(error).__name__ in ("NoPostgres", "NoUser"):
            return None, ("missing", str(error))
        return None, ("error", traceback.format_exc())


def _timed(call, *words) -> tuple[float, object]:
    began = perf_counter()
    said = call(*words)
    return perf_counter() - began, said


def _append(archive: Archive, batches: Sequence[Batch]) -> list[float]:
    """Append batches one after another: seconds to the acknowledgement of each."""
    return [_timed(archive.append, batch)[0] for batch in batches]


def _settle(archive: Archive) -> float:
    return _timed(archive.settle)[0]


def _ask(archive: Archive, question: Question) -> tuple[float, np.ndarray]:
    """Answer a question: milliseconds, and the answer in order."""
    taken, said = _timed(getattr(archive, question.method), *question.words)
    return 1e3 * taken, np.sort(archive.as_array(said, question.dtype))


def _stream(
    archive: Archive, batches: Sequence[Batch], rate: float, asked: Sequence[Question]
) -> Stream:
    """Ask while so many reads a second come in, and before that while none do."""
    took_s = sum(map(len, batches)) / rate
    quiet_ms: list[float] = []
    began = perf_counter()
    while perf_counter() - began < took_s / 2:
        quiet_ms.append(_asked_ms(archive, asked[len(quiet_ms) % len(asked)]))
    acknowledged_ms: list[float] = []
    busy_ms: list[float] = []
    writer = Thread(target=_arrive, args=(archive, batches, rate, acknowledged_ms))
    began = perf_counter()
    writer.start()
    while writer.is_alive():
        busy_ms.append(_asked_ms(archive, asked[len(busy_ms) % len(asked)]))
    writer.join()
    if len(acknowledged_ms) < len(batches):
        raise RuntimeError("the thread that appends broke off")
    reads = sum(map(len, batches)) / (perf_counter() - began)
    return Stream(reads, acknowledged_ms, quiet_ms, busy_ms)


def _asked_ms(archive: Archive, question: Question) -> float:
    sleep(PAUSE_S)
    return 1e3 * _timed(getattr(archive, question.method), *question.words)[0]


def _arrive(archive: Archive, batches, rate: float, taken_ms: list[float]) -> None:
    due = perf_counter()
    for batch in batches:
        sleep(max(0.0, due - perf_counter()))
        taken_ms.append(1e3 * _timed(archive.append, batch)[0])
        due = max(due, perf_counter() - 1) + len(batch) / rate


def _memory(archive: Archive) -> tuple[float, float]:
    """Say what it holds: its own megabytes, and those with mapped files."""
    pids = [os.getpid(), *archive.servers()]
    kept = [_rollup(pid) for pid in pids]
    own = sum(one["Pss_Anon"] + one["Pss_Shmem"] for one in kept)
    return own / 1e3, sum(one["Pss"] for one in kept) / 1e3


def _rollup(pid: int) -> dict[str, float]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        lines = []
    kept = {
        name: float(rest.split()[0]) for name, rest in (x.split(":") for x in lines)
    }
    return dict.fromkeys(("Pss", "Pss_Anon", "Pss_Shmem"), 0.0) | kept


COMMANDS = {
    "ready": lambda archive: None,
    "append": _append,
    "settle": _settle,
    "ask": _ask,
    "stream": _stream,
    "memory": _memory,
    "bytes": lambda archive: archive.bytes_on_disk(),
}
