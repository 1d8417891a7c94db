"""The file of figures: what is in it, and what is refused."""

import csv
import json

import numpy as np
import pytest

from geo.reach.laws import from_percentiles
from geo.reach.tables import BUNDLED, ReachRefused, Ride, read_tables, tables_from

CONTENT = json.loads(BUNDLED.read_text(encoding="utf-8"))


def changed(path, value):
    """The bundled content with one value changed; None takes it out."""
    content = json.loads(json.dumps(CONTENT))
    *way, last = path
    place = content
    for key in way:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return content


def test_every_group_of_figures_names_its_source():
    tables = read_tables()
    groups = [tables.walking, tables.carried, tables.rail, tables.vehicle]
    assert all(
        one.source and one.source_zh for one in [*groups, *tables.profiles.values()]
    )


def test_a_network_that_is_not_listed_has_the_figures_of_the_others():
    rail = read_tables().rail
    assert rail.ride("TRA") == Ride(65.0, 10)
    assert rail.ride("funicular") == rail.other


def test_a_profile_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ReachRefused, match="there are dementia, unknown") as refused:
        read_tables().profile("hiker")
    assert refused.value.field == "profile"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("walking", "bound_kmh"), 0),
        (("walking", "at_most_min"), -1.0),
        (("carried", "least_share"), 1.5),
        (("rail", "networks", "TRA", "kmh"), -3.0),
        (("rail", "other", "wait_min"), -1.0),
        (("vehicle", "detour"), float("inf")),
        (("vehicle", "beyond_share"), float("nan")),
        (("profiles", "dementia", "percentiles"), [[0.5, 700], [0.4, 800]]),
        (("profiles", "dementia", "percentiles"), [[0.5, 700], [0.6, 700]]),
        (("profiles", "dementia", "percentiles"), [[0.5, 700], [1.1, 800]]),
        (("profiles", "dementia", "percentiles"), [[0.0, 700]]),
    ],
)
def test_a_figure_that_cannot_be_meant_is_refused(path, value):
    with pytest.raises(ReachRefused) as refused:
        tables_from(changed(path, value))
    assert refused.value.field == "tables"


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        json.dumps(changed(("format",), 2)),
        json.dumps(changed(("walking", "source"), None)),
        json.dumps(changed(("walking", "mood"), "good")),
        json.dumps(changed(("profiles", "dementia", "percentiles"), [["half", 1]])),
        json.dumps(changed(("profiles", "dementia", "percentiles"), 7)),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_name(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReachRefused, match=r"mine\.json"):
        read_tables(path)


@pytest.mark.real
def test_a_published_table_becomes_a_profile(shared_data, tmp_path):
    path = shared_data / "lost_person" / "distance_from_last_known_point.csv"
    with path.open(encoding="ascii", newline="") as opened:
        row = next(csv.DictReader(opened))
    rows = [
        [int(name.removeprefix("km_")) / 100, float(km) * 1000]
        for name, km in row.items()
        if name.startswith("km_")
    ]
    mine = tmp_path / "mine.json"
    profile = {
        "name": "任何人",
        "percentiles": rows,
        "source": "mine",
        "source_zh": "自備",
    }
    mine.write_text(json.dumps(changed(("profiles", "any"), profile)), encoding="utf-8")
    law = from_percentiles(read_tables(mine).profile("any").percentiles)
    held = 1 - law.beyond(np.array([metres for _, metres in rows]))
    assert held * rows[-1][0] == pytest.approx([share for share, _ in rows])
