"""How fast bodies of reads become columns, beside reading them one by one.

    python -m benchmarks.test_read_bodies              # prints rates
    python -m pytest benchmarks/test_read_bodies.py    # times each

A body is as a sender of many cameras writes it: a thousand invented reads, every field
given, nearly each of another camera. ``READS`` in the environment makes it larger. Each
round takes every contender in turn, so that what disturbs one disturbs all; the best
round counts, and the median says how much was disturbed.
"""

import json
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from api.arrow_bodies import parse_arrow
from api.inputs import ReadIn
from api.read_bodies import made, parse_array, parse_lines

READS = int(os.environ.get("READS", 1_000))
CAMERAS = 20_000
ROUNDS = 300
SEED = 20_260_301
NOW = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
CODED = ("camera_id", "vehicle_type", "colour")


def invented(n):
    rng = random.Random(SEED)
    return [
        {
            "camera_id": f"TY-{rng.randrange(CAMERAS):05}",
            "at": (NOW - timedelta(seconds=rng.random() * 60)).isoformat(),
            "plate": "".join([*rng.choices(LETTERS, k=3), "-"])
            + "".join(rng.choices(DIGITS, k=4)),
            "sequence": number,
            "confidence": round(rng.random(), 3),
            "vehicle_type": rng.choice(["car", "suv", "truck", "motorcycle"]),
            "colour": rng.choice(["white", "black", "silver", "red"]),
            "lng": round(rng.uniform(120, 122), 6),
            "lat": round(rng.uniform(22, 25), 6),
        }
        for number in range(n)
    ]


def lines_of(reads):
    return [json.dumps(read).encode() + b"\n" for read in reads]


def stream_of(reads, coded=(), compression=None):
    columns = {name: [read[name] for read in reads] for name in reads[0]}
    moments = [datetime.fromisoformat(at) for at in columns["at"]]
    columns["at"] = pa.array(moments, pa.timestamp("us", "UTC"))
    table = pa.table(columns)
    for name in coded:
        number = table.column_names.index(name)
        table = table.set_column(number, name, table[name].dictionary_encode())
    sink = pa.BufferOutputStream()
    how = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=how) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def contenders(n):
    """What reads a body, by name, each with the bytes of its body."""
    reads = invented(n)
    lines = lines_of(reads)
    raw, array = b"".join(lines), json.dumps(reads).encode()
    poisoned = b"".join([*lines[:-1], b'{"plate": 7}\n'])
    ways = {
        "one by one (NDJSON)": (one_by_one, raw),
        "NDJSON": (parse_lines, raw),
        "NDJSON, one read is none": (parse_lines, poisoned),
        "JSON array": (parse_array, array),
        "Arrow": (parse_arrow, stream_of(reads)),
        "Arrow, dictionaries": (parse_arrow, stream_of(reads, CODED)),
    }
    for compression in ("lz4", "zstd"):
        raw = stream_of(reads, compression=compression)
        ways[f"Arrow, {compression}"] = (parse_arrow, raw)
    return ways


def one_by_one(raw, *, now):
    """Read each line by the shape of a read, as every odd line still is."""
    reads = [made(line, now=now) for line in raw.splitlines()]
    assert all(isinstance(read, ReadIn) for read in reads)
    return reads


def timed(way, raw):
    start = time.perf_counter()
    way(raw, now=NOW)
    return time.perf_counter() - start


def measured(ways):
    """Seconds of every round, by contender."""
    took = {name: [] for name in ways}
    slow_rounds = max(ROUNDS // 10, 3)
    for number in range(ROUNDS + 1):
        for name, (way, raw) in ways.items():
            if way is one_by_one and number > slow_rounds:
                continue
            seconds = timed(way, raw)
            if number:  # in the first everything is compiled
                took[name].append(seconds)
    return took


def main():
    ways = contenders(READS)
    took = measured(ways)
    base = min(took["one by one (NDJSON)"])
    out = [f"{READS:,} reads a body, one thread, parsed and checked", ""]
    out += ["| body | bytes a read | k reads/s, best | median | times |"]
    out += ["|---|---|---|---|---|"]
    for name, seconds in took.items():
        best, usual = (READS / 1e3 / of(seconds) for of in (min, statistics.median))
        size, times = len(ways[name][1]) / READS, base / min(seconds)
        row = f"{size:.0f} | {best:,.0f} | {usual:,.0f} | {times:.1f}"
        out.append(f"| {name} | {row} |")
    sys.stdout.write("\n".join(out) + "\n")


NAMES = list(contenders(1))


@pytest.mark.parametrize("name", NAMES)
def test_a_body_of_reads(benchmark, name):
    way, raw = contenders(READS)[name]
    way(raw, now=NOW)
    told = benchmark(way, raw, now=NOW)
    benchmark.extra_info["reads"] = READS
    assert told


if __name__ == "__main__":
    main()
