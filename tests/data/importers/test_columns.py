import pytest

from data.errors import FileRefused
from data.importers.columns import find_columns
from data.importers.parsed import LoadKind, Options


def found(*names, kind=LoadKind.CAMERAS, **options):
    return find_columns(names, kind, Options(**options), path="rows.csv")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lng", "lat"),
        ("經度", "緯度"),
        ("Longitude", "LATITUDE"),
        ("longitude_4326", "latitude_4326"),
        ("X", "Y"),
        ("POINT_X", "POINT_Y"),
        ("Ｘ座標", "Ｙ座標"),
        ("PositionLon", "PositionLat"),
    ],
)
def test_names_of_coordinates_are_known(first, second):
    columns = found(second, "id", first)
    assert (columns.x, columns.y) == (first, second)


def test_degrees_come_before_metres():
    columns = found("twd97x", "twd97y", "lng", "lat")
    assert (columns.x, columns.y) == ("lng", "lat")


def test_what_was_guessed_is_told():
    assert (
        "column '攝影方向' read as direction" in found("經度", "緯度", "攝影方向").notes
    )


def test_two_columns_for_one_coordinate_are_not_chosen_between():
    with pytest.raises(FileRefused, match=r"more than one pair.*--lng-col"):
        found("lng", "lat", "經度", "緯度")


def test_a_person_chooses_between_them():
    columns = found("lng", "lat", "經度", "緯度", lng_col="經度", lat_col="緯度")
    assert (columns.x, columns.y) == ("經度", "緯度")


def test_half_a_pair_of_columns_is_refused():
    with pytest.raises(FileRefused, match="half a pair"):
        found("lng", "id")


def test_a_column_named_by_a_person_must_be_there():
    with pytest.raises(FileRefused, match="--lng-col names no column"):
        found("a", "b", lng_col="c", lat_col="b")


@pytest.mark.parametrize(
    ("kind", "names", "missing"),
    [
        (LoadKind.CAMERAS, ("id", "name"), "lng or x or address"),
        (LoadKind.READS, ("camera_id", "at"), "plate"),
        (LoadKind.HOTLIST, ("車牌",), "date or event_from"),
        (LoadKind.REPORTS, ("地點",), "date or event_from"),
    ],
)
def test_a_file_without_a_needed_column_says_what_it_has(kind, names, missing):
    with pytest.raises(FileRefused, match=missing) as refused:
        found(*names, kind=kind)
    assert all(name in str(refused.value) for name in names)
