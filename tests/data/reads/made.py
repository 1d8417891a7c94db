"""Reads made up for tests: small enough to be held against a plain list."""

import numpy as np

from data.plate_codes import encode
from data.reads.columns import NO_SEQUENCE, Camera, Extra, Look, Reads
from data.records import Provenance, Spot

START_US = 1_750_000_000_000_000
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

PLATES = np.array(["BKD5826", "BKD5828", "BKO5B26", "ABC1234", "1234AB", "ZZZ9999"])
CAMERAS = [
    Camera("TY-1", Spot(lng=121.2, lat=24.9, county_code="68000")),
    Camera(
        "TY-2", Spot(lng=121.3, lat=25.0, county_code="68000", town_code="68000010")
    ),
    Camera("ML-1", Spot(lng=120.9, lat=24.6, county_code="10005", county_note="gap")),
    Camera("TY-2", Spot(lng=121.31, lat=25.0, county_code="68000")),  # it was moved
    Camera("CAR-9"),
]
IDS = sorted({camera.camera_id for camera in CAMERAS})
LOOKS = [Look(), Look("sedan", "white"), Look("suv", None, True), Look(None, "grey")]


def made_reads(rng, n, *, days=3, gap_us=SECOND_US):
    """Some n reads; few plates, cameras and moments, so that many coincide."""
    at = START_US + rng.integers(0, days * DAY_US // gap_us, n) * gap_us
    if rng.random() < 0.5:
        at = START_US + (at - START_US) % (40 * gap_us)
    delay = rng.choice(
        [1, 2, 3, 700, 90_000, -2], n, p=[0.5, 0.2, 0.2, 0.04, 0.04, 0.02]
    )
    sequence = np.where(rng.random(n) < 0.7, rng.integers(0, 50, n), NO_SEQUENCE)
    confidence = rng.choice([0.5, 0.78, 0.99, np.nan], n)
    extras = {
        int(row): Extra(
            plate_raw="bkd 5826" if rng.random() < 0.5 else None,
            spot=Spot(lng=121.5, lat=25.1, error_m=20.0)
            if rng.random() < 0.5
            else None,
            provenance=Provenance("a.csv", int(row)) if rng.random() < 0.5 else None,
        )
        for row in np.flatnonzero(rng.random(n) < 0.1)
    }
    return Reads(
        plate=encode(PLATES)[rng.integers(0, len(PLATES), n)],
        at=at,
        received=at + delay * SECOND_US,
        camera=rng.integers(0, len(CAMERAS), n).astype(np.int32),
        look=rng.integers(0, len(LOOKS), n).astype(np.int32),
        confidence=confidence,
        sequence=sequence,
        cameras=CAMERAS,
        looks=LOOKS,
        extras={row: extra for row, extra in extras.items() if extra != Extra()},
    )
