import pytest

from data.errors import FileRefused
from data.importers.loading import load_sites
from data.importers.parsed import LoadKind, Options, Setting
from data.importers.redriving import held_rows, redrive_sites, retry
from data.records import QuarantinedRow, Site

from .conftest import AT

# In zone 119 a place in Penghu; in zone 121 the east coast: nobody says which.
OPEN = "名稱,x,y\n某所,301050,2607500\n某站,0,0\n"


@pytest.fixture
def held(store, written, boundaries):
    def load(content, name="rows.csv"):
        load_sites(
            store,
            written(content, name),
            LoadKind.STATIONS,
            options=Options(),
            boundaries=boundaries,
            at=AT,
        )
        with store.read() as tx:
            return held_rows(tx)

    return load


def test_a_row_loads_once_its_crs_is_known(held, store, boundaries):
    rows = held(OPEN)
    assert sorted(row.code for row in rows) == ["two-readings", "zero"]
    setting = Setting(boundaries, AT, Options(crs="EPSG:3825"))
    done = redrive_sites(store, rows, setting)
    assert (done.tried, done.loaded, done.duplicate, done.held) == (2, 1, 0, 1)
    with store.read() as tx:
        (site,) = tx.find(Site)
        assert site.spot.county_code == "10016"
        assert site.provenance.row == 2
        assert [row.code for row in held_rows(tx)] == ["zero"]


def test_a_redriven_row_keeps_its_first_state(held, store, boundaries):
    rows = held(OPEN)
    redrive_sites(store, rows, Setting(boundaries, AT, Options(crs="EPSG:3825")))
    (done,) = [row for row in rows if row.code == "two-readings"]
    with store.read() as tx:
        states = [row.state for row in tx.versions(QuarantinedRow, done.id)]
    assert states == ["held", "redriven"]


def test_without_anything_new_the_rows_stay_held(held, store, boundaries):
    done = redrive_sites(store, held(OPEN), Setting(boundaries, AT))
    assert (done.loaded, done.held) == (0, 2)


def test_rows_of_json_and_big5_are_read_again_as_at_first(held, boundaries):
    held("名稱,x,y\n許功蓋,0,0\n".encode("cp950"))
    rows = held('[{"名稱": "某所", "x": 0, "y": 0}]', "rows.json")
    codes = [each.refused.code for each in retry(rows, Setting(boundaries, AT))]
    assert codes == ["zero", "zero"]


def test_held_rows_are_found_by_their_reason(held, store):
    held(OPEN)
    with store.read() as tx:
        assert [row.row for row in held_rows(tx, code="zero")] == [3]


def test_a_crs_that_cannot_be_used_changes_nothing(held, store, boundaries):
    rows = held(OPEN)
    with pytest.raises(FileRefused):
        redrive_sites(store, rows, Setting(boundaries, AT, Options(crs="EPSG:3828")))
    with store.read() as tx:
        assert len(held_rows(tx)) == 2
