"""A day as Parquet: DuckDB, Polars and GeoPandas read what the archive holds."""

from datetime import timedelta

import geopandas
import numpy as np
import polars
import pytest

from data.reads.archive import Archive
from data.reads.parquet import days_of, write_day
from tests.data.reads.made import made_reads


@pytest.fixture
def day(tmp_path, rng):
    """The records of the second day, and its file."""
    with Archive(tmp_path / "reads") as archive:
        archive.append(made_reads(rng, 600, gap_us=1))
        archive.rotate()
        archive.upkeep.seal_waiting()
        archive.append(made_reads(rng, 300))
        date = days_of(archive)[1]
        path = write_day(archive, date, tmp_path / "days")
        records = archive.between().all().records()
    taiwan = timedelta(hours=8)
    return [read for read in records if (read.at + taiwan).date() == date], path


def test_polars_reads_every_field_of_every_read(day):
    records, path = day
    rows = polars.read_parquet(path).rows(named=True)
    assert len(rows) == len(records) > 50
    for row, read in zip(rows, records, strict=True):
        for name in ("at", "camera_id", "plate", "plate_raw", "confidence", "sequence"):
            assert row[name] == getattr(read, name)
        for name in ("vehicle_type", "colour", "received_at", "late"):
            assert row[name] == getattr(read, name)
        for name in ("lng", "lat", "county_code", "town_code", "village_code"):
            assert row[name] == getattr(read.spot, name)


def test_duckdb_counts_as_the_archive_does(day):
    import duckdb

    records, path = day
    query = f"select plate, count(*) from '{path}' where late group by plate"
    told = dict(duckdb.connect().execute(query).fetchall())
    late = [read.plate for read in records if read.late]
    assert told == {plate: late.count(plate) for plate in set(late)}


def test_geopandas_draws_each_read_where_it_was_made(day):
    records, path = day
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_epsg() == 4326 or frame.crs.name == "WGS 84 (CRS84)"
    at = [(read.spot.lng, read.spot.lat) for read in records]
    has_point = np.array([lng is not None for lng, _ in at])
    assert (~frame.geometry.isna() == has_point).all()
    points = frame.geometry[has_point]
    told = zip(points.x, points.y, strict=True)
    assert list(told) == [pair for pair in at if pair[0] is not None]


def test_a_day_is_there_as_a_whole_or_not_at_all(tmp_path, rng, monkeypatch):
    from data.reads import parquet

    with Archive(tmp_path / "reads") as archive:
        archive.append(made_reads(rng, 300))
        date = days_of(archive)[0]
        path = write_day(archive, date, tmp_path / "days")
        before = path.read_bytes()

        def fail(reads):
            raise OSError("No space left on device")

        monkeypatch.setattr(parquet, "table_of", fail)
        with pytest.raises(OSError, match="No space"):
            write_day(archive, date, tmp_path / "days")
    assert path.read_bytes() == before
