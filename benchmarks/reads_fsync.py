"""How long this disk takes to keep something, and how often an archive asks it to."""

import os
import shutil
import subprocess
from pathlib import Path
from time import perf_counter

import numpy as np

SIZE = 500_000
TIMES = 60

COUNTER = "LIANFANG_BENCH_SYNCS"
_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static long *count;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("LIANFANG_BENCH_SYNCS");
    int fd = path ? open(path, O_RDWR) : -1;
    if (fd < 0) return;
    void *at = mmap(0, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) count = at;
    close(fd);
}

#define COUNTED(name, type, ...)                                              \
    static int (*real_##name) type;                                           \
    if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name);                  \
    if (count) __sync_fetch_and_add(count, 1);                                \
    return real_##name(__VA_ARGS__);

int fsync(int fd) { COUNTED(fsync, (int), fd) }
int fdatasync(int fd) { COUNTED(fdatasync, (int), fd) }
int msync(void *at, size_t n, int how) {
    COUNTED(msync, (void *, size_t, int), at, n, how)
}
"""
"""Stands before the C library's own: counts, then does what was asked for."""


def fsync_ms(folder: Path) -> tuple[float, float]:
    """Write half a megabyte and have it kept, many times: p50 and p95 in ms."""
    path, block, taken = folder / "fsync", os.urandom(SIZE), []
    with path.open("wb", buffering=0) as file:
        for _ in range(TIMES):
            began = perf_counter()
            file.write(block)
            os.fdatasync(file.fileno())
            taken.append(1e3 * (perf_counter() - began))
    path.unlink()
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 95))


class Syncs:
    """Counts what the processes of one archive have the disk keep.

    Without a C compiler nothing is counted and ``now`` is None.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.syncs"
        self._file.write_bytes(bytes(8))
        self._file.chmod(0o666)  # PostgreSQL runs as another user
        self._library = _library(folder)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are to be started with."""
        if self._library is None:
            return {}
        return {"LD_PRELOAD": str(self._library), COUNTER: str(self._file)}

    @property
    def now(self) -> int | None:
        """How often so far."""
        if self._library is None:
            return None
        return int.from_bytes(self._file.read_bytes(), "little")


def _library(folder: Path) -> Path | None:
    compiler, library = shutil.which("cc"), folder / "syncs.so"
    if compiler is None or library.exists():
        return library if library.exists() else None
    words = [compiler, "-shared", "-fPIC", "-O2", "-xc", "-", "-o", str(library)]
    done = subprocess.run(
        [*words, "-ldl"], input=_SOURCE.encode(), capture_output=True, check=False
    )
    return library if done.returncode == 0 else None
