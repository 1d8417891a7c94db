"""One run of the reads benchmark: fill, ask, compare, and ask while reads come in."""

import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.reads_data import Batch, Cameras, World, joined
from benchmarks.reads_fsync import fsync_ms
from benchmarks.reads_questions import Question, questions_of, scenes_of
from benchmarks.reads_worker import Missing, Stream, Worker

LARGE, SMALL = 10_000, 1_000
LAST = 1_000_000
ARRIVING = 50_000
"""Reads a second that arrive while others ask."""

SAMPLED = 5_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: sizes in reads, times in seconds.

    Slow archives get only the first reads, and are then compared with the others at
    that size. ``stretch`` of each filling comes in small batches; ``streamed`` come in
    while questions are asked. No archive is asked one kind of question for longer than
    ``patience_s``.
    """

    rows: int
    engines: Sequence[str]
    slow: Sequence[str] = ()
    slow_rows: int = 0
    stretch: int = 200_000
    streamed: int = 400_000
    asked: int = 200
    patience_s: float = 6.0


@dataclass(slots=True)
class Filling:
    """What one archive did with one filling."""

    seconds: dict[int, list[float]] = field(
        default_factory=lambda: {LARGE: [], SMALL: []}
    )
    syncs: dict[int, int | None] = field(default_factory=dict)
    settled_s: float = 0.0
    settled_syncs: int | None = None
    bytes_a_read: float = 0.0
    own_mb: float = 0.0
    mapped_mb: float = 0.0

    def rate(self, size: int, last: int | None = None) -> float:
        """Reads a second to the acknowledgement, of all or of the last of them."""
        taken = self.seconds[size][-(last // size) if last else 0 :]
        return len(taken) * size / sum(taken) if taken else float("nan")

    def settled_rate(self) -> float:
        n = sum(size * len(taken) for size, taken in self.seconds.items())
        return n / (sum(map(sum, self.seconds.values())) + self.settled_s)


@dataclass(slots=True)
class Stage:
    """All that was measured at one size.

    ``taken_ms`` by kind of question and archive; ``n_answer`` how long answers are;
    ``different`` names a question, the two archives and how far they differ.
    """

    rows: int
    filled: dict[str, Filling] = field(default_factory=dict)
    taken_ms: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    n_answer: dict[str, list[int]] = field(default_factory=dict)
    compared: int = 0
    different: list[str] = field(default_factory=list)
    streams: dict[str, Stream] = field(default_factory=dict)
    fsync_ms: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one run measured."""

    plan: Plan
    machine: str
    plates: int
    days: int
    names: dict[str, str]
    missing: dict[str, str]
    stages: Sequence[Stage]
    generated_s: float
    took_s: float


class Source:
    """The reads of a world, taken in pieces; keeps every so-manieth one as a sample."""

    def __init__(self, world: World) -> None:
        self._batches = world.batches(LARGE)
        self._every = max(1, world.n_reads // SAMPLED)
        self._kept: list[Batch] = []
        self.seconds = 0.0

    def take(self, n: int) -> Iterator[Batch]:
        """Give the next n reads in large batches."""
        for _ in range(n // LARGE):
            began = perf_counter()
            batch = next(self._batches)
            # a slice would keep the whole batch in memory
            some = np.arange(0, LARGE, min(self._every, LARGE))
            self._kept.append(batch.taken(some))
            self.seconds += perf_counter() - began
            yield batch

    @property
    def sample(self) -> Batch:
        return joined(self._kept)


def cut(batch: Batch, size: int) -> list[Batch]:
    """Cut a batch into smaller ones."""
    return [batch.taken(slice(at, at + size)) for at in range(0, len(batch), size)]


def run(plan: Plan, folder: Path) -> Run:
    """Run a plan with its archives in a folder, which must be empty."""
    began = perf_counter()
    world = World(plan.rows)
    workers, missing = _opened(plan.engines, folder, world.cameras)
    try:
        source = Source(world)
        stages = list(_stages(plan, workers, source, world, folder))
    finally:
        for worker in workers:
            worker.close()
    return Run(
        plan=plan,
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        plates=len(world.plates),
        days=world.n_days,
        names={worker.engine: worker.name for worker in workers},
        missing=missing,
        stages=stages,
        generated_s=source.seconds,
        took_s=perf_counter() - began,
    )


def _opened(
    engines: Sequence[str], folder: Path, cameras: Cameras
) -> tuple[list[Worker], dict[str, str]]:
    workers: list[Worker] = []
    missing = {}
    for engine in engines:
        try:
            workers.append(Worker(engine, folder, cameras))
        except Missing as error:
            missing[engine] = str(error)
        except BaseException:
            for worker in workers:
                worker.close()
            raise
    return workers, missing


def _stages(plan, workers, source, world, folder) -> Iterator[Stage]:
    """Fill all to where the slow ones stop, then the others to the end."""
    slow = [one for one in workers if one.engine in plan.slow]
    fast = [one for one in workers if one.engine not in plan.slow]
    is_split = slow and fast and plan.slow_rows < plan.rows
    sizes = [plan.slow_rows, plan.rows] if is_split else [plan.rows]
    before = 0
    for nth, size in enumerate(sizes):
        is_last = nth == len(sizes) - 1
        there = workers if not before else fast
        leaving = there if is_last else slow
        stage = Stage(size - plan.streamed)
        _told(f"{stage.rows:,} reads into {', '.join(one.engine for one in there)}")
        stage.fsync_ms.append(fsync_ms(folder))
        _fill(stage, there, source, plan, size - before - plan.streamed)
        stage.fsync_ms.append(fsync_ms(folder))
        _question(stage, there, world, source.sample, plan)
        for worker in there:
            filling = stage.filled[worker.engine]
            filling.own_mb, filling.mapped_mb = worker.call("memory")
        coming = list(source.take(plan.streamed))
        _stream(stage, leaving, coming, world, source.sample)
        for batch in coming:
            for worker in there:
                if worker not in leaving:
                    worker.call("append", [batch])
        before = size
        yield stage
        for worker in leaving:
            worker.close()


def _fill(stage: Stage, workers, source: Source, plan: Plan, n: int) -> None:
    """Give all archives the same reads, a batch to each in turn, then settle."""
    stage.filled = {worker.engine: Filling() for worker in workers}
    stretch = min(plan.stretch, n // LARGE // 2 * LARGE)
    for size, many in ((LARGE, n - stretch), (SMALL, stretch)):
        before = [worker.syncs for worker in workers]
        for nth, batch in enumerate(source.take(many)):
            pieces = cut(batch, size)
            for place in range(len(workers)):
                worker = workers[(place + nth) % len(workers)]
                taken = worker.call("append", pieces)
                stage.filled[worker.engine].seconds[size] += taken
            _told_now_and_then(nth, many // LARGE)
        for worker, syncs in zip(workers, before, strict=True):
            n_syncs = None if syncs is None else worker.syncs - syncs
            stage.filled[worker.engine].syncs[size] = n_syncs
    for worker in workers:
        _told(f"settling {worker.engine}")
        filling, syncs = stage.filled[worker.engine], worker.syncs
        filling.settled_s = worker.call("settle")
        filling.settled_syncs = None if syncs is None else worker.syncs - syncs
        filling.bytes_a_read = worker.call("bytes") / stage.rows


def _question(stage: Stage, workers, world: World, sample: Batch, plan: Plan) -> None:
    """Ask all archives every question in turn, and compare what they say."""
    rng = np.random.default_rng(stage.rows)
    asked = questions_of(world, sample, plan.asked)
    trips = _trips(workers[0], sample, 4 * plan.asked)
    asked += scenes_of(world.cameras, trips, plan.asked // 2)
    _told(f"asking {len(asked)} questions")
    kinds = dict.fromkeys(question.kind for question in asked)
    stage.taken_ms = {kind: {one.engine: [] for one in workers} for kind in kinds}
    stage.n_answer = {kind: [] for kind in kinds}
    for question in {one.kind: one for one in asked}.values():
        _compare(stage, workers, question)  # warms up what was not asked before
    stage.taken_ms = {kind: {one.engine: [] for one in workers} for kind in kinds}
    spent = {(kind, one.engine): 0.0 for kind in kinds for one in workers}
    for nth, row in enumerate(rng.permutation(len(asked))):
        question = asked[row]
        patient = [
            worker
            for worker in workers
            if spent[question.kind, worker.engine] < 1e3 * plan.patience_s
        ]
        first = nth % max(1, len(patient))
        turned = patient[first:] + patient[:first]
        for engine, ms in _compare(stage, turned, question).items():
            spent[question.kind, engine] += ms


def _trips(worker: Worker, sample: Batch, n: int) -> list[np.ndarray]:
    """Give all reads of some plates."""
    plates = list(dict.fromkeys(map(bytes, sample.plate)))[:n]
    found = worker.call("ask", Question("a", "by_plates", (plates,)))[1]
    order = np.argsort(found["plate"], kind="stable")
    cuts = np.flatnonzero(np.diff(found["plate"][order].view("u8"))) + 1
    return np.split(found[order], cuts)


def _compare(stage: Stage, workers, question: Question) -> dict[str, float]:
    """Ask one question of some archives; what differs is noted."""
    taken, first = {}, None
    for worker in workers:
        ms, answer = worker.call("ask", question)
        taken[worker.engine] = ms
        stage.taken_ms[question.kind][worker.engine].append(ms)
        if first is None:
            first = worker.engine, answer
            stage.n_answer[question.kind].append(len(answer))
            continue
        stage.compared += 1
        if not np.array_equal(first[1], answer):
            stage.different.append(
                f"{question.kind}: {first[0]} has {len(first[1])} rows, "
                f"{worker.engine} {len(answer)}; "
                f"{_differing(first[1], answer)} are not in both"
            )
    return taken


def _differing(left: np.ndarray, right: np.ndarray) -> int:
    return len(set(left.tolist()) ^ set(right.tolist()))


def _stream(stage: Stage, workers, coming, world: World, sample: Batch) -> None:
    """Ask each archive, by itself, for plates and circles while reads come in."""
    asked = questions_of(world, sample, 200)
    trips = [question for question in asked if question.kind == "a"]
    small = [piece for batch in coming for piece in cut(batch, SMALL)]
    for worker in workers:
        if small:
            _told(f"reads arrive at {worker.engine}")
            words = (small, ARRIVING, trips)
            stage.streams[worker.engine] = worker.call("stream", *words)


def _told_now_and_then(nth: int, of: int) -> None:
    if of >= 100 and nth % (of // 10) == 0:
        _told(f"  {nth} of {of} batches")


def _told(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
