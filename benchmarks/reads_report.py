"""What a run of the reads benchmark measured, as Markdown."""

import math
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from benchmarks.reads_questions import KINDS
from benchmarks.reads_run import ARRIVING, LARGE, LAST, SMALL, Filling, Run, Stage

PACKAGES = ("numpy", "numba", "pysqlite3", "duckdb", "psycopg", "pyarrow")


def as_markdown(run: Run) -> str:
    """Write the section."""
    lines = [*_head(run)]
    for stage in run.stages:
        lines += [*_filled(run, stage), *_asked(run, stage), *_right(stage)]
    lines += _streams(run)
    return "\n".join(lines) + "\n"


def _head(run: Run) -> Iterator[str]:
    plan = run.plan
    yield (
        f"One run on {run.machine}, two cores that others use too: compare within the "
        f"run. {plan.rows:,} reads of {run.days} days, 20,000 cameras and "
        f"{run.plates:,} plates, 3 % with one wrong character, 1 % minutes to hours "
        f"late; made in {run.generated_s:.0f} s, all in {run.took_s / 60:.0f} minutes. "
        f"{_versions()}."
    )
    yield ""
    yield (
        "Every archive is a process of its own, gets the same batches in turn, and "
        "keeps the same eight columns; only ours drops a read that comes again. "
        "What is timed is from the arrays of a batch to its acknowledgement, and from "
        "a question to rows or columns in Python. What one does in the background "
        "goes on while the others are timed."
    )
    for engine, why in run.missing.items():
        yield ""
        yield f"Without {engine}: {why}."


def _versions() -> str:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _filled(run: Run, stage: Stage) -> Iterator[str]:
    disk = "; ".join(f"p50 {p50:.2g}, p95 {p95:.2g}" for p50, p95 in stage.fsync_ms)
    yield ""
    yield f"### {stage.rows:,} reads: filling"
    yield ""
    yield (
        "Reads a second until they are on disk and found by questions. Writing half a "
        "megabyte and fdatasync, alone, before and after, took "
        f"{disk} ms. Syncs are calls of fsync, fdatasync and msync a batch."
    )
    yield ""
    yield (
        f"| archive | batches of {LARGE:,} | its last {_last(stage):,} | "
        f"batches of {SMALL:,} | of ours | until settled | syncs a batch | "
        "bytes a read | memory, MB | with mapped files |"
    )
    yield "|---|" + "---:|" * 9
    ours = stage.filled.get("ours")
    for engine, filling in stage.filled.items():
        cells = _filling_cells(filling, ours, _last(stage))
        yield f"| {run.names[engine]} | {' | '.join(cells)} |"


def _last(stage: Stage) -> int:
    n = min(len(one.seconds[LARGE]) for one in stage.filled.values()) * LARGE
    return min(LAST, n)


def _filling_cells(one: Filling, ours: Filling | None, last: int) -> Iterator[str]:
    yield f"{one.rate(LARGE):,.0f}"
    yield f"{one.rate(LARGE, last):,.0f}"
    yield f"{one.rate(SMALL):,.0f}"
    yield f"1/{ours.rate(SMALL) / one.rate(SMALL):.2g}" if ours else "–"
    yield f"{one.settled_rate():,.0f}"
    yield " / ".join(_a_batch(one, size) for size in (LARGE, SMALL))
    yield f"{one.bytes_a_read:.1f}"
    yield f"{one.own_mb:,.0f}"
    yield f"{one.mapped_mb:,.0f}"


def _a_batch(one: Filling, size: int) -> str:
    syncs, n = one.syncs[size], len(one.seconds[size])
    return "–" if syncs is None or not n else f"{syncs / n:.2g}"


def _asked(run: Run, stage: Stage) -> Iterator[str]:
    yield ""
    yield f"### {stage.rows:,} reads: questions"
    yield ""
    yield (
        "Milliseconds, median and in brackets the 95th of a hundred, of questions "
        "asked in turn with everything in memory that the machine keeps there; none "
        f"is asked one kind for longer than {run.plan.patience_s:g} s. The last column "
        "is how many rows an answer has, on average."
    )
    yield ""
    engines = list(stage.filled)
    yield f"| question | {' | '.join(run.names[one] for one in engines)} | rows |"
    yield "|---|" + "---:|" * (len(engines) + 1)
    for kind, text in KINDS.items():
        if kind in stage.taken_ms:
            cells = [_spread(stage.taken_ms[kind][engine]) for engine in engines]
            rows = np.mean(stage.n_answer[kind])
            yield f"| {kind}: {text} | {' | '.join(cells)} | {rows:,.1f} |"


def _spread(taken_ms: Sequence[float]) -> str:
    if not taken_ms:
        return "–"
    p50, p95 = np.percentile(taken_ms, (50, 95))
    return f"{_short(p50)} ({_short(p95)})"


def _short(ms: float) -> str:
    """Give two digits that count, and no exponent."""
    digits = max(0, 1 - math.floor(math.log10(max(ms, 1e-3))))
    return f"{ms:,.{digits}f}"


def _right(stage: Stage) -> Iterator[str]:
    yield ""
    yield (
        f"{stage.compared:,} answers compared with another archive's, every column of "
        f"every row: **{len(stage.different)} differ**."
    )
    if stage.different:
        yield ""
        yield from (f"- {one}" for one in stage.different[:20])


def _streams(run: Run) -> Iterator[str]:
    streams = [
        (stage, engine, one)
        for stage in run.stages
        for engine, one in stage.streams.items()
    ]
    if not streams:
        return
    yield ""
    yield f"### All reads of a plate while {ARRIVING:,} reads a second arrive"
    yield ""
    yield (
        f"Two threads of one process, each archive by itself; batches of {SMALL:,}. "
        "Milliseconds as above; busy ÷ quiet of the 95th."
    )
    yield ""
    yield (
        "| archive | reads in it | arrived a second | acknowledged | "
        "asked, quiet | asked, busy | busy ÷ quiet |"
    )
    yield "|---|" + "---:|" * 6
    for stage, engine, one in streams:
        ratio = np.percentile(one.busy_ms, 95) / np.percentile(one.quiet_ms, 95)
        cells = (
            f"{stage.rows:,}",
            f"{one.reads_a_second:,.0f}",
            *map(_spread, (one.acknowledged_ms, one.quiet_ms, one.busy_ms)),
            f"{ratio:.2g}",
        )
        yield f"| {run.names[engine]} | {' | '.join(cells)} |"
