import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from data.errors import FileRefused
from data.importers.loading import keep_sites, load_sites
from data.importers.parsed import LoadKind, Options
from data.importers.reading import parse_file
from data.records import Load, QuarantinedRow, Site
from data.store import open_store

from .conftest import AT

CAMERAS = (
    "camera_id,name,lng,lat\n"
    "ZZ-0001,某路口,121.55,25.03\n"
    "ZZ-0002,某橋,120.68,24.14\n"
    "ZZ-0002,某橋,120.68,24.14\n"
    "ZZ-0003,某處,0,0\n"
)


@pytest.fixture
def load(store, boundaries):
    def loaded(path, kind=LoadKind.CAMERAS, **options):
        return load_sites(
            store,
            path,
            kind,
            options=Options(**options),
            boundaries=boundaries,
            at=AT,
        )

    return loaded


def dump(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def counts(store):
    with store.read() as tx:
        return tuple(tx.count(noun) for noun in (Site, QuarantinedRow, Load))


def test_every_row_is_loaded_duplicate_or_quarantined(load, written, store):
    outcome = load(written(CAMERAS))
    kept = outcome.load
    assert (kept.rows, kept.loaded, kept.duplicate, kept.quarantined) == (4, 2, 1, 1)
    assert outcome.reasons == {"zero": 1}
    assert counts(store) == (2, 1, 1)


def test_a_held_row_has_its_line_its_bytes_and_its_reason(load, written, store):
    load(written(CAMERAS))
    with store.read() as tx:
        (row,) = tx.find(QuarantinedRow)
        (kept,) = tx.find(Load)
    assert (row.row, row.raw) == (5, "ZZ-0003,某處,0,0\n".encode())
    assert row.header == b"camera_id,name,lng,lat\n"
    assert (row.load_id, row.code, row.state) == (kept.id, "zero", "held")


def test_loading_the_same_file_again_changes_nothing(load, written, tmp_path, store):
    path = written(CAMERAS)
    load(path)
    before = dump(tmp_path / "lianfang.db")
    again = load(path).load
    assert (again.loaded, again.duplicate, again.quarantined) == (0, 3, 1)
    assert dump(tmp_path / "lianfang.db") == before


def test_a_kept_site_is_not_overwritten_by_another_content(load, written, store):
    load(written(CAMERAS))
    moved = "camera_id,name,lng,lat\nZZ-0001,某路口,121.56,25.04\n"
    outcome = load(written(moved, "moved.csv"))
    assert outcome.reasons == {"conflict": 1}
    with store.read() as tx:
        assert tx.get(Site, "ZZ-0001").spot.lng == 121.55


def test_a_refused_file_leaves_nothing(load, written, store):
    with pytest.raises(FileRefused):
        load(written("what,ever\n1,2\n"))
    assert counts(store) == (0, 0, 0)


def test_reports_are_not_for_this_door(load, written):
    content = "編號,案類,發生日期,發生地點\n1,強盜,1120501,臺北市大安區某路\n"
    with pytest.raises(ValueError, match="desk"):
        load(written(content), LoadKind.REPORTS)


def _parsed(path, boundaries):
    return parse_file(
        path, LoadKind.CAMERAS, options=Options(), boundaries=boundaries, at=AT
    )


def _die_at_statement(database, parsed, fatal):
    """Keep a file in a child that dies at a statement; True when it got through."""
    child = os.fork()
    if child == 0:
        with open_store(database) as store:
            seen = 0

            @event.listens_for(store._writer, "before_cursor_execute")
            def _(*_args):
                nonlocal seen
                seen += 1
                if seen == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)

            keep_sites(store, parsed, at=AT)
        os._exit(0)
    return os.WIFEXITED(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_load_killed_at_any_statement_leaves_all_or_nothing(
    written, tmp_path, boundaries
):
    parsed = _parsed(written(CAMERAS), boundaries)
    for fatal in range(1, 100):
        database = tmp_path / f"killed-{fatal}.db"
        open_store(database).close()
        survived = _die_at_statement(database, parsed, fatal)
        with open_store(database) as store:
            assert counts(store) == ((2, 1, 1) if survived else (0, 0, 0))
        if survived:
            break
    assert fatal > 3


CELLS = st.sampled_from(
    [
        "",
        "0",
        "121.55",
        "25.03",
        "302000",
        "2770000",
        "ZZ-01",
        "臺北市",
        '"',
        "x,y",
        "\n",
    ]
)
TABLES = st.lists(st.lists(CELLS | st.text(max_size=6), max_size=6), max_size=12)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=TABLES)
def test_the_equation_holds_for_any_table(rows, written, boundaries):
    lines = "\n".join(",".join(cells) for cells in rows).replace("\x00", "")
    path = written(f"camera_id,縣市,lng,lat\n{lines}\n".encode("utf-8", "replace"))
    parsed = _parsed(path, boundaries)
    accounted = len(parsed.records) + parsed.duplicate + len(parsed.refused)
    assert parsed.rows == accounted


def test_an_account_that_does_not_add_up_is_an_error(written, boundaries):
    parsed = _parsed(written(CAMERAS), boundaries)
    with pytest.raises(AssertionError):
        replace(parsed, duplicate=parsed.duplicate + 1)
