"""Days of reads as plain Parquet, for whatever opens Parquet.

One file a day (Taiwan's time), ``reads-YYYY-MM-DD.parquet``, in order of time, a row a
read: GeoParquet 1.1 with the point of the read, so that QGIS and GeoPandas draw it.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.reads.answers import NO_LIMITS
from data.reads.columns import NO_SEQUENCE, Reads, moment_of, span_of
from data.reads.protocol import ReadsSource
from data.reads.search import Search

EPOCH_DAY = date(1970, 1, 1)

GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {
        "geometry": {
            "encoding": "WKB",
            "geometry_types": ["Point"],
            "edges": "planar",
        }
    },
}
"""GeoParquet's metadata; without a CRS it means WGS 84, longitude first."""

CODES = ("county_code", "town_code", "village_code")


def days_of(archive: Search) -> list[date]:
    """Return the days that an archive has reads of."""
    held = frozenset[int]().union(*(part.days for part in archive.view.parts))
    return [EPOCH_DAY + timedelta(days=day) for day in sorted(held)]


def write_day(archive: ReadsSource, day: date, folder: Path) -> Path:
    """Write the reads of a day, whole or not at all, in place of what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"reads-{day:%Y-%m-%d}.parquet"
    new = path.with_suffix(".new")
    with pq.ParquetWriter(new, SCHEMA, compression="zstd") as writer:
        for table in _tables(archive, day):
            writer.write_table(table)
    new.replace(path)
    return path


def _tables(archive: ReadsSource, day: date) -> Iterator[pa.Table]:
    first, last = span_of((day - EPOCH_DAY).days)
    hour = timedelta(hours=1)
    since, end = moment_of(first), moment_of(last)
    while since < end:
        until = min(since + hour - timedelta(microseconds=1), end)
        for piece in archive.between(since=since, until=until, limits=NO_LIMITS):
            yield table_of(piece)
        since += hour


def table_of(reads: Reads) -> pa.Table:
    """Return reads as a table of plain columns."""
    spots = [
        (reads.extras[row].spot if row in reads.extras else None)
        or reads.cameras[number].spot
        for row, number in enumerate(reads.camera.tolist())
    ]
    lng = np.array([spot.lng for spot in spots], dtype=np.float64)
    lat = np.array([spot.lat for spot in spots], dtype=np.float64)
    looks = [reads.looks[number] for number in reads.look.tolist()]
    ids = [reads.cameras[number].camera_id for number in reads.camera.tolist()]
    has_none = reads.sequence == NO_SEQUENCE
    no_point = np.isnan(lng) | np.isnan(lat)
    points = np.full(lng.size, None, dtype=object)
    points[~no_point] = shapely.points(lng[~no_point], lat[~no_point])
    return pa.table(
        {
            "at": pa.array(reads.at).cast(pa.timestamp("us", tz="UTC")),
            "camera_id": ids,
            "plate": reads.plates(),
            "plate_raw": reads.raws(),
            "confidence": pa.array(reads.confidence, from_pandas=True),
            "vehicle_type": [look.vehicle_type for look in looks],
            "colour": [look.colour for look in looks],
            "sequence": pa.array(reads.sequence, mask=has_none),
            "received_at": pa.array(reads.received).cast(pa.timestamp("us", tz="UTC")),
            "late": reads.late,
            "lng": pa.array(lng, from_pandas=True),
            "lat": pa.array(lat, from_pandas=True),
            **{code: [getattr(spot, code) for spot in spots] for code in CODES},
            "geometry": shapely.to_wkb(points),
        },
        schema=SCHEMA,
    )


SCHEMA = pa.schema(
    {
        "at": pa.timestamp("us", tz="UTC"),
        "camera_id": pa.string(),
        "plate": pa.string(),
        "plate_raw": pa.string(),
        "confidence": pa.float64(),
        "vehicle_type": pa.string(),
        "colour": pa.string(),
        "sequence": pa.int64(),
        "received_at": pa.timestamp("us", tz="UTC"),
        "late": pa.bool_(),
        "lng": pa.float64(),
        "lat": pa.float64(),
        **{code: pa.string() for code in CODES},
        "geometry": pa.binary(),
    },
    metadata={"geo": json.dumps(GEO)},
)
