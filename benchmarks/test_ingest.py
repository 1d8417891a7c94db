"""Reads over HTTP, from the socket to the answer: parsed, placed, on disk, matched.

python -m benchmarks.test_ingest [--quick]

A service is started as `lianfang serve` starts it, over a store with the cameras of the
stream and 5,000 wanted plates. A sender beside it, on the same cores, posts bodies that
were made before, each over a connection that stays open, and waits for each answer. The
rate counts reads that were acknowledged. Then batches go through the desk without HTTP,
to show where the time goes: in milliseconds of a core for a batch, by the clock of the
thread, so that waiting for the disk is not in it.
"""

import argparse
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from api.arrow_bodies import parse_arrow
from api.commands.serve import HOST
from api.read_bodies import parse_lines
from benchmarks.reads_data import World, vehicles_of
from benchmarks.reads_looks import COLOURS, TYPES
from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries
from data.reads.archive import Archive
from data.reads.columns import moment_of
from data.records import Report, ReportKind, Site, SiteKind, Spot, Vehicle
from data.store import open_store
from matching.model import read_model
from routing.desk import Desk

WANTED = 5_000
BATCH = 1_000
DAY_US = 86_400_000_000
ARROW = "application/vnd.apache.arrow.stream"
NDJSON = "application/x-ndjson"


def columns_of(batch, ids):
    """A batch as plain columns, as a county's system would have them."""
    return {
        "camera_id": [ids[number] for number in batch.camera.tolist()],
        "at": batch.at,
        "plate": batch.plate.astype(str).tolist(),
        "sequence": batch.sequence,
        "confidence": batch.confidence / 100,
        "vehicle_type": [TYPES[number] for number in batch.type.tolist()],
        "colour": [COLOURS[number] for number in batch.colour.tolist()],
    }


def as_lines(columns):
    times = [moment_of(at).isoformat() for at in columns["at"].tolist()]
    lists = {
        name: column.tolist() if isinstance(column, np.ndarray) else column
        for name, column in columns.items()
    } | {"at": times}
    rows = zip(*lists.values(), strict=True)
    return b"\n".join(orjson.dumps(dict(zip(lists, row, strict=True))) for row in rows)


def as_arrow(columns):
    times = pa.array(columns["at"]).cast(pa.timestamp("us", tz="UTC"))
    texts = ("camera_id", "vehicle_type", "colour")
    arrays = {
        name: pa.array(column).dictionary_encode() if name in texts else column
        for name, column in (columns | {"at": times}).items()
    }
    table = pa.table(arrays).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def bodies(kind, n, days_ago):
    """n bodies of a thousand reads of a day."""
    world = World(n * BATCH, n_days=1, seed=1)
    today = time.time_ns() // 1000 // DAY_US * DAY_US
    made, first = [], None
    for batch in world.batches(BATCH):
        first = batch.at.min() if first is None else first
        columns = columns_of(batch, world.cameras.ids)
        columns["at"] = batch.at - first + today - days_ago * DAY_US
        made.append({NDJSON: as_lines, ARROW: as_arrow}[kind](columns))
    return made


def set_up(folder, world):
    """A store with the cameras of the stream and the wanted plates."""
    at = datetime.now(UTC)
    boundaries = load_boundaries()
    with open_store(folder / "lianfang.db") as store:
        model = read_model()
        desk = Desk(store, None, boundaries=boundaries, model=model, now=lambda: at)
        desk.add_agencies(county_bureaus(), duty_desks())
        cameras = world.cameras
        points = zip(cameras.lng.tolist(), cameras.lat.tolist(), strict=True)
        spots = [Spot(lng=lng, lat=lat) for lng, lat in points]
        with store.write() as tx:
            tx.add_all(
                Site(name, SiteKind.CAMERA, name, spot, reads_plates=True)
                for name, spot in zip(cameras.ids, spots, strict=True)
            )
        plates, looks = vehicles_of(WANTED, np.random.default_rng(3))
        since = at - timedelta(days=3)
        desk.open_reports(
            Report(
                id=f"report-{n}",
                kind=ReportKind.STOLEN_VEHICLE,
                agency_id="68000",
                case_number=f"{n}",
                reported_at=since,
                event_from=since,
                event_to=since,
                spot=spots[0],
                vehicle=Vehicle(plate, TYPES[kind], COLOURS[colour]),
            )
            for n, (plate, (kind, colour)) in enumerate(
                zip(plates.astype(str).tolist(), looks.tolist(), strict=True)
            )
        )


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def post(caller, kind, body):
    caller.request("POST", "/reads", body, {"Content-Type": kind})
    answer = caller.getresponse()
    content = orjson.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(content)
    return content


def sender(port, kind, parts, told):
    """Send bodies over one connection; tell what was acknowledged, and how long."""
    caller = http.client.HTTPConnection(HOST, port, timeout=60)
    stored, leads, took = 0, 0, []
    for body in parts:
        began = time.perf_counter()
        answer = post(caller, kind, body)
        took.append(time.perf_counter() - began)
        stored += answer["stored"]
        leads += len(answer["leads"])
    told.append((stored, leads, took))


def send(port, kind, made, n_connections, queue):
    """The sender's process: threads, a connection each."""
    told = []
    threads = [
        threading.Thread(target=sender, args=(port, kind, made[i::n_connections], told))
        for i in range(n_connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((time.perf_counter() - began, told))


def measured(port, kind, made, n_connections):
    queue = multiprocessing.Queue()
    arguments = (port, kind, made, n_connections, queue)
    process = multiprocessing.Process(target=send, args=arguments)
    process.start()
    seconds, told = queue.get()
    process.join()
    took = np.concatenate([one[2] for one in told])
    stored = sum(one[0] for one in told)
    return {
        "rate": stored / seconds,
        "stored": stored,
        "leads": sum(one[1] for one in told),
        "p50": 1000 * float(np.percentile(took, 50)),
        "p95": 1000 * float(np.percentile(took, 95)),
    }


def wait_for(port, server):
    caller = http.client.HTTPConnection(HOST, port, timeout=5)
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("the service did not start")
        try:
            caller.request("GET", "/healthz")
            caller.getresponse().read()
            return
        except OSError:
            caller.close()
            time.sleep(0.1)
    raise RuntimeError("the service did not answer")


def worked_s(pid):
    """Seconds of a core that a process has used."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def settle(pid):
    """Wait until a process has compiled, or loaded, what it needs."""
    before, quiet = worked_s(pid), 0
    while quiet < 3:
        time.sleep(1)
        now = worked_s(pid)
        quiet, before = quiet + 1 if now - before < 0.05 else 0, now


class Stages:
    """Counts the seconds of this thread that calls take."""

    def __init__(self):
        self.seconds = dict.fromkeys(("parsed", *STAGES, "all"), 0.0)

    def timed(self, stage, call):
        def timed(*args, **named):
            began = time.thread_time()
            try:
                return call(*args, **named)
            finally:
                self.seconds[stage] += time.thread_time() - began

        return timed


STAGES = ("completed", "kept", "matched")
PARSERS = {NDJSON: parse_lines, ARROW: parse_arrow}


def split(folder, n):
    """Milliseconds of a core that a batch takes at each stage of the desk, by body."""
    at = datetime.now(UTC)
    found = {}
    with (
        open_store(folder / "lianfang.db") as store,
        Archive(folder / "own") as archive,
    ):
        desk = Desk(
            store, archive, boundaries=load_boundaries(), model=read_model(),
            now=lambda: at,
        )  # fmt: skip
        for days_ago, kind in enumerate(PARSERS, start=25):
            for body in bodies(kind, n, days_ago + 5):  # all cameras are known then
                desk.record(PARSERS[kind](body, now=at).incoming)
            stages = Stages()
            calls = (desk._completer.complete, archive.append, desk.watch.suspicions)
            owners = (desk._completer, archive, desk.watch)
            for stage, owner, call in zip(STAGES, owners, calls, strict=True):
                setattr(owner, call.__name__, stages.timed(stage, call))
            parse = stages.timed("parsed", PARSERS[kind])
            record = stages.timed("all", lambda body, p=parse: desk.record(
                p(body, now=at).incoming))  # fmt: skip
            for body in bodies(kind, n, days_ago):
                record(body)
            for owner, call in zip(owners, calls, strict=True):
                setattr(owner, call.__name__, call)
            found[kind] = {name: 1000 * s / n for name, s in stages.seconds.items()}
    return found


def split_lines(parts, whole):
    """A table of the stages; `whole` is what the service used for a batch."""
    told = {
        "parsed": "parsed",
        "completed": "cameras, places, plates",
        "kept": "in the archive",
        "matched": "held against the hot list",
    }
    lines = ["", "| stage, ms of a core for 1,000 reads | NDJSON | Arrow IPC |"]
    lines.append("|---|---:|---:|")
    rows = {
        label: [parts[kind][name] for kind in PARSERS] for name, label in told.items()
    }
    all_ = [parts[kind]["all"] for kind in PARSERS]
    rows["the rest of the desk"] = np.subtract(
        all_, np.sum(list(rows.values()), axis=0)
    )
    rows["HTTP, sealing, threads: what the service used more"] = np.subtract(
        whole, all_
    )
    rows["all of the service"] = whole
    for label, (one, other) in rows.items():
        lines.append(f"| {label} | {one:.2f} | {other:.2f} |")
    return lines


def run(n):
    lines = ["| body | connections | reads/s | ms p50 (p95) of 1,000 | leads |"]
    lines.append("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder, World(BATCH, n_days=1, seed=1))
        port = free_port()
        words = ["serve", "--db", str(folder / "lianfang.db"), "--port", str(port)]
        program = Path(sys.executable).parent / "lianfang"
        with subprocess.Popen(
            [program, *words], stderr=subprocess.DEVNULL, env=os.environ
        ) as server:
            try:
                wait_for(port, server)
                settle(server.pid)
                days_ago, whole = iter(range(20, 0, -1)), []
                measured(port, NDJSON, bodies(NDJSON, n, next(days_ago)), 1)
                for kind, called in ((NDJSON, "NDJSON"), (ARROW, "Arrow IPC")):
                    for n_connections in (1, 4):
                        made = bodies(kind, n, next(days_ago))
                        before = worked_s(server.pid)
                        figures = measured(port, kind, made, n_connections)
                        used = 1000 * (worked_s(server.pid) - before) / len(made)
                        lines.append(
                            f"| {called} | {n_connections} | {figures['rate']:,.0f} | "
                            f"{figures['p50']:.1f} ({figures['p95']:.1f}) | "
                            f"{figures['leads']} |"
                        )
                    whole.append(used)
            finally:
                server.terminate()
        lines += split_lines(split(folder, n), whole)
    return lines


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few bodies")
    n = 20 if parser.parse_args().quick else 600
    sys.stdout.write("\n".join(run(n)) + "\n")


if __name__ == "__main__":
    main()
