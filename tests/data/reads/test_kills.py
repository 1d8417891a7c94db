"""Killed at any moment: what was acknowledged is there, and no batch is there by half.

``LIANFANG_KILLS=1000 pytest tests/data/reads/test_kills.py`` kills as often. A kill
shows the death of a process, not a loss of power: the system keeps what was written.
"""

import os
import random
import signal
import time
from collections import Counter

import numpy as np
import pytest

from data.reads import archive as module
from data.reads.archive import Archive
from data.reads.check import check
from data.reads.columns import NO_SEQUENCE, Camera, Look, Reads
from tests.data.reads.made import START_US

KILLS = int(os.environ.get("LIANFANG_KILLS", "60"))
READY_S = 5.0
ROOM = 120


def batch(number):
    """A batch that says of each read which it is of and how many there are."""
    n = 1 + number % 37
    at = START_US + (number * 50 + np.arange(n)) * 1000
    return Reads(
        plate=np.full(n, 10**12 + number, dtype=np.uint64),
        at=at,
        received=at + 1_000_000,
        camera=np.zeros(n, dtype=np.int32),
        look=np.zeros(n, dtype=np.int32),
        confidence=np.full(n, 0.9),
        sequence=np.where(np.arange(n) % 5 == 4, NO_SEQUENCE, number),
        cameras=[Camera(f"TY-{number % 9}")],
        looks=[Look()],
    )


def child(folder, first, said, before_start):
    """Append batches until killed; say each number once it is acknowledged."""
    before_start()
    with Archive(folder, room=ROOM) as archive:
        archive._room = ROOM
        for number in range(first, first + 400):
            archive.append(batch(number))
            os.write(said, b"%d\n" % number)
    os._exit(0)


def run(folder, first, *, kill_after=None, before_start=lambda: None):
    """Fork a child; return the numbers it acknowledged and whether it was killed."""
    hear, said = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hear)
        try:
            child(folder, first, said, before_start)
        finally:
            os._exit(9)
    os.close(said)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(hear) as told:
        lines = told.read().splitlines(keepends=True)
    _, status = os.waitpid(pid, 0)
    return [int(line) for line in lines if line.endswith("\n")], os.WIFSIGNALED(status)


def require_whole(folder, acknowledged):
    """Hold what is stored against what was acknowledged; return the next number."""
    assert check(folder).faults == ()
    began = time.perf_counter()
    with Archive(folder, room=ROOM) as archive:
        assert time.perf_counter() - began < READY_S
        stored = Counter((archive.between().all().plate - np.uint64(10**12)).tolist())
    for number, n in stored.items():
        assert n == 1 + number % 37, f"batch {number} is there by half"
    missing = [number for number in acknowledged if number not in stored]
    assert missing == []
    return max(stored, default=-1) + 1


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory):
    """A child has compiled code from its parent, and is not killed while compiling."""
    with Archive(tmp_path_factory.mktemp("warm")) as archive:
        for number in (1, 2, 2):
            archive.append(batch(number))
            archive.rotate()
        archive.upkeep.join_all()
        assert len(archive.between().all()) == len(archive)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 40)


def test_killed_at_random_nothing_acknowledged_is_lost(tmp_path):
    chance = random.Random(5)
    acknowledged, first, kills = [], 0, 0
    while kills < KILLS:
        heard, killed = run(tmp_path, first, kill_after=chance.uniform(0.005, 0.12))
        acknowledged += heard
        kills += killed
        first = require_whole(tmp_path, acknowledged)
    assert len(acknowledged) > KILLS


def dying_at(count, torn):
    """Have the process kill itself at its n-th call that changes the disk."""
    left = [count]

    def patch():
        for name in ("write", "fsync", "fdatasync", "replace", "unlink", "open"):
            call = getattr(os, name)

            def dying(*args, call=call, name=name, **options):
                left[0] -= 1
                if left[0] == 0:
                    if torn and name == "write":
                        call(args[0], bytes(args[1])[: len(args[1]) // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **options)

            setattr(os, name, dying)

    return patch


@pytest.mark.parametrize("torn", [False, True])
def test_killed_at_every_call_that_changes_the_disk(tmp_path, torn):
    acknowledged, first, killed = [], 0, 0
    for count in range(1, 120, 1 if KILLS >= 1000 else 3):
        heard, was_killed = run(tmp_path, first, before_start=dying_at(count, torn))
        acknowledged += heard
        killed += was_killed
        first = require_whole(tmp_path, acknowledged)
    assert killed >= 39


def test_the_same_batches_after_a_kill_change_nothing(tmp_path):
    heard, _ = run(tmp_path, 0, kill_after=0.1)
    with Archive(tmp_path, room=ROOM) as archive:
        before = len(archive)
        assert sum(archive.append(batch(number)).stored for number in heard) == 0
        assert len(archive) == before
