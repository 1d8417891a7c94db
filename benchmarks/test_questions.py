"""How fast the questions on top of the reads archive are answered.

    python -m benchmarks.test_questions                  # 5 M reads, some minutes
    python -m benchmarks.test_questions --rows 200_000
    python -m pytest benchmarks/test_questions.py        # the quick one, as a test

All kinds are asked in turn, with plates and places that were seen, after each was asked
once to compile what is compiled. Times are those of whole answers.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import numpy as np
import shapely

from benchmarks.reads_data import HOUR_US, Batch, World
from benchmarks.reads_ours import Ours
from benchmarks.reads_questions import RADIUS_M, SCENE_M
from data.plate_codes import encode
from data.reads.archive import Archive
from data.reads.columns import moment_of
from geo.crs import TM2_121, to_wgs84
from matching.near import LOWEST, WIDE, Near, readings_of
from routing.questions import (
    Scene,
    by_near,
    common,
    convoy,
    fuzzy,
    in_area,
    wildcard,
)

ASKED = 200
Ask = Callable[[], int]
"""Asks something and returns how large the answer is."""


@dataclass(slots=True)
class Told:
    """Milliseconds and sizes of the answers to one kind of question."""

    ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def measured(n_reads: int, n: int) -> dict[str, Told]:
    world = World(n_reads)
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder), world.cameras)
        sample = []
        for batch in world.batches():
            ours.append(batch)
            sample.append(batch.taken(slice(None, None, 50)))
        ours.settle()
        kinds = kinds_of(ours._archive, world, sample, n)
        told = asked(kinds)
        ours.close()
    return told


def asked(kinds: dict[str, list[Ask]]) -> dict[str, Told]:
    for asks in kinds.values():
        asks[0]()
    told = {kind: Told() for kind in kinds}
    for turn in zip_longest(*kinds.values()):
        for kind, ask in zip(kinds, turn, strict=True):
            if ask is None:
                continue
            began = time.perf_counter()
            size = ask()
            told[kind].ms.append((time.perf_counter() - began) * 1e3)
            told[kind].sizes.append(size)
    return told


def kinds_of(
    archive: Archive, world: World, sample: list[Batch], n: int
) -> dict[str, list[Ask]]:
    rng = np.random.default_rng(1)
    seen = np.concatenate([one.plate for one in sample])
    plates = [one.decode() for one in rng.choice(seen, n)]
    long = [one for one in plates if len(one) == 7]
    reads = [(one, int(rng.integers(len(one)))) for one in sample for _ in range(n)]
    reads = [reads[i] for i in rng.permutation(len(reads))[:n]]
    led = [bytes(one).decode() for one in world.convoys[:, 0]]
    return {
        "likely misreads (1e-3)": [_fuzzy(archive, one) for one in plates],
        "20 readings": [_nearest(archive, one, 20) for one in plates],
        "520 readings": [_nearest(archive, one, 520) for one in plates],
        "wide search (3e-5)": [_fuzzy(archive, one, least=WIDE) for one in plates],
        "`ABC12??`": [_fitting(archive, one[:5] + "??") for one in long],
        "`?BC1234`": [_fitting(archive, "?" + one[1:]) for one in long],
        "`A??1234`": [_fitting(archive, one[0] + "??" + one[3:]) for one in long],
        "`???1234`": [_fitting(archive, "???" + one[3:]) for one in long][: n // 4],
        "area, an hour": [_area(archive, world, *one) for one in reads],
        "3 of 4 scenes": [_common(archive, world, one) for one in plates[: n // 2]],
        "convoy, led": [_convoy(archive, one) for one in led],
        "convoy, any": [_convoy(archive, one) for one in plates],
    }


def _fuzzy(archive: Archive, plate: str, **how) -> Ask:
    return lambda: len(fuzzy(archive, plate, **how).all().reads)


def _nearest(archive: Archive, plate: str, n: int) -> Ask:
    near = readings_of(plate, least=LOWEST)
    near = Near(near.codes[:n], near.probabilities[:n])
    return lambda: len(by_near(archive, near).all().reads)


def _fitting(archive: Archive, pattern: str) -> Ask:
    return lambda: len(wildcard(archive, pattern).all())


def _circle(world: World, camera: int, radius_m: float) -> shapely.Polygon:
    x, y = shapely.get_coordinates(
        shapely.Point(world.cameras.plane[camera]).buffer(radius_m)
    ).T
    return shapely.Polygon(np.column_stack(to_wgs84(x, y, crs=TM2_121)))


def _area(archive: Archive, world: World, batch: Batch, row: int) -> Ask:
    polygon = _circle(world, int(batch.camera[row]), RADIUS_M)
    since, until = (moment_of(int(batch.at[row]) + us) for us in (0, HOUR_US))
    return lambda: len(in_area(archive, polygon, since=since, until=until).all())


def _common(archive: Archive, world: World, plate: str) -> Ask:
    """Ask who was at four places where a plate was, half an hour before to after."""
    reads = archive.by_plates(encode([plate])).all()
    rows = np.linspace(0, len(reads) - 1, 4).astype(int)
    numbers = [reads.cameras[reads.camera[row]].camera_id[3:] for row in rows.tolist()]
    scenes = [
        Scene(
            _circle(world, int(number), SCENE_M),
            moment_of(int(reads.at[row]) - HOUR_US // 2),
            moment_of(int(reads.at[row]) + HOUR_US // 2),
        )
        for number, row in zip(numbers, rows.tolist(), strict=True)
    ]
    return lambda: len(common(archive, scenes, at_least=3))


def _convoy(archive: Archive, plate: str) -> Ask:
    return lambda: len(convoy(archive, plate))


def as_markdown(told: dict[str, Told], n_reads: int) -> str:
    head = f"{n_reads:,} reads\n\n| question | asked | answer, mean | p50 ms | p95 ms |"
    rows = [
        f"| {kind} | {len(one.ms)} | {np.mean(one.sizes):,.1f} | "
        f"{np.percentile(one.ms, 50):.2f} | {np.percentile(one.ms, 95):.2f} |"
        for kind, one in told.items()
    ]
    return "\n".join([head, "|---|--:|--:|--:|--:|", *rows, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000, help="how many reads")
    parser.add_argument("--asked", type=int, default=ASKED, help="of each kind")
    given = parser.parse_args()
    told = measured(given.rows, given.asked)
    sys.stdout.write(as_markdown(told, given.rows))
    return 0


def test_every_kind_of_question_has_answers():
    told = measured(100_000, 40)
    empty = {kind for kind, one in told.items() if not sum(one.sizes)}
    assert empty <= {"convoy, any"}  # most drive alone
    assert as_markdown(told, 100_000).count("\n|") == len(told) + 2


if __name__ == "__main__":
    sys.exit(main())
