"""From vehicles passing cameras to the reads that the cameras send, and when."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from data.records import Read, Vehicle, read_id
from data.scenario.cameras import SOURCE, Camera
from data.scenario.misreads import (
    DAY_FACTOR,
    NIGHT_ERROR,
    Floats,
    misread_all,
    reading_errors,
    right_probability,
    written_as,
)
from data.scenario.nouns import DAYLIGHT_FROM, NIGHT_FROM, Batch
from data.scenario.script import ScriptedRead
from data.scenario.traffic import Passes
from data.scenario.vehicles import seen_colour, seen_type

BATCH_S = 30
"""Reads arrive in batches, one every so many seconds."""

USUAL_DELAY_S = (1.0, 20.0)
LATE_DELAY_S = (20 * 60.0, 59 * 60.0)
REPEATED = 0.015
"""Share of the batches that arrive a second time, 2 to 10 minutes later."""

LOWEST, HIGHEST = 0.30, 0.99
CONFIDENCE_SIGMA = 0.5
"""Range of the confidence that cameras report, and its noise in log odds."""


def read_passes(
    passes: Passes,
    vehicles: Sequence[Vehicle],
    cameras: Sequence[Camera],
    *,
    rng: np.random.Generator,
) -> list[Read]:
    """Let the cameras read what passes them; one read a pass, in the same order."""
    plates = [vehicles[number].plate or "" for number in passes.vehicle]
    errors = reading_errors(_mean_errors(passes, cameras), rng=rng)
    readings = misread_all(plates, errors, rng=rng)
    confidences = _confidences(plates, errors, rng)
    luck = random.Random(int(rng.integers(2**63)))
    sequences: Counter[int] = Counter()
    reads = []
    rows = zip(passes.vehicle.tolist(), passes.camera.tolist(), passes.at_ms.tolist(),
               readings, confidences, strict=True)  # fmt: skip
    for vehicle, camera, at_ms, reading, confidence in rows:
        sequences[camera] += 1
        reads.append(
            _read(
                cameras[camera],
                vehicles[vehicle],
                sequences[camera],
                at_ms=at_ms,
                sent=(reading, confidence),
                rng=luck,
            )
        )
    return reads


def _mean_errors(passes: Passes, cameras: Sequence[Camera]) -> Floats:
    by_camera = np.array([NIGHT_ERROR[camera.quality] for camera in cameras])
    daylight_ms = (DAYLIGHT_FROM - NIGHT_FROM).total_seconds() * 1000
    factor = np.where(passes.at_ms >= daylight_ms, DAY_FACTOR, 1.0)
    errors: Floats = by_camera[passes.camera] * factor
    return errors


def _confidences(
    plates: Sequence[str], errors: Floats, rng: np.random.Generator
) -> list[float]:
    """Report the probability that the whole plate is right, with some noise."""
    lengths = np.array([len(plate.replace("-", "")) for plate in plates], dtype=np.intp)
    right = right_probability(errors, lengths)
    odds = np.log(right / (1 - right)) + rng.normal(0, CONFIDENCE_SIGMA, right.size)
    reported: NDArray[np.float64] = np.clip(1 / (1 + np.exp(-odds)), LOWEST, HIGHEST)
    return [round(value, 2) for value in reported.tolist()]


def _read(
    camera: Camera,
    vehicle: Vehicle,
    sequence: int,
    *,
    at_ms: int,
    sent: tuple[str, float],
    rng: random.Random,
) -> Read:
    low, high = LATE_DELAY_S if camera.is_late else USUAL_DELAY_S
    arrival_s = math.ceil((at_ms / 1000 + rng.uniform(low, high)) / BATCH_S) * BATCH_S
    at = NIGHT_FROM + timedelta(milliseconds=at_ms)
    raw = written_as(sent[0], camera.writing)
    return Read(
        id=read_id(camera.site.id, sequence=sequence, at=at, plate_raw=raw),
        camera_id=camera.site.id,
        at=at,
        plate_raw=raw,
        plate="",
        received_at=NIGHT_FROM + timedelta(seconds=arrival_s),
        spot=camera.site.spot,
        sequence=sequence,
        confidence=sent[1],
        vehicle_type=seen_type(vehicle, rng),
        colour=seen_colour(vehicle, rng),
        late=camera.is_late,
        provenance=SOURCE,
    )


def as_scripted(read: Read, scripted: ScriptedRead) -> Read:
    """Give a read what the script says, instead of what came by chance."""
    return replace(
        read,
        plate_raw=scripted.plate_raw,
        confidence=scripted.confidence,
        vehicle_type=scripted.vehicle.type,
        colour=scripted.vehicle.colour,
    )


def batches(reads: Sequence[Read], rng: random.Random) -> tuple[Batch, ...]:
    """Put together what arrives together, and repeat some of it."""
    arriving: dict[int, list[Read]] = {}
    for read in reads:
        slot = int((read.received_at - NIGHT_FROM).total_seconds())
        arriving.setdefault(slot, []).append(read)
    found = []
    for slot, together in sorted(arriving.items()):
        at = NIGHT_FROM + timedelta(seconds=slot)
        found.append(Batch(at, tuple(together)))
        if rng.random() < REPEATED:
            again_at = at + timedelta(seconds=rng.randint(120, 600))
            found.append(Batch(again_at, tuple(together), is_repeated=True))
    return tuple(sorted(found, key=lambda batch: batch.at))
