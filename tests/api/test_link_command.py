"""`lianfang link` and `train`, as a person would call them."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from api.commands.link import register
from data.errors import FileRefused
from matching.errors import ModelRefused, TableRefused
from tests.matching.linkage.made import FIRST, LAST, settings


@pytest.fixture
def app():
    made = typer.Typer()
    register(made)
    return made


@pytest.fixture
def asked(tmp_path):
    """A folder with a model, and a table in which each person stands twice."""
    (tmp_path / "model.json").write_text(json.dumps(settings()), encoding="utf-8")
    rng = np.random.default_rng(1)
    people = [
        (f"{first}{number}", last or "wu", city)
        for number in range(20)
        for first, last, city in zip(
            rng.permutation(FIRST), rng.permutation(np.array([*LAST, None])),
            rng.permutation(["taipei", "taichung", "tainan", ""] * 2), strict=True,
        )
    ]  # fmt: skip
    rows = [
        [f"{number}-{copy}", *person, str(number)]
        for number, person in enumerate(people)
        for copy in range(2)
    ]
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "first", "last", "city", "person"])
        writer.writerows(rows)
    return tmp_path


def called(app, *arguments):
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pairs_come_with_weight_probability_and_the_bits_of_each_comparison(app, asked):
    out = asked / "pairs.csv"
    model = ("--model", asked / "model.json")
    result = called(app, "link", asked / "people.csv", *model, "--out", out, "--json")
    pairs = rows_of(out)
    told = json.loads(result.stdout)
    assert told["pairs_kept"] == len(pairs) >= 160
    prior = float(np.log2(0.01 / 0.99))
    for pair in pairs:
        bits = sum(float(pair[f"bits_{name}"]) for name in ("first", "last", "city"))
        assert float(pair["weight_bits"]) == pytest.approx(prior + bits, abs=1e-5)
        odds = 2 ** float(pair["weight_bits"])
        assert float(pair["probability"]) == pytest.approx(odds / (1 + odds), abs=1e-6)
    weights = [float(pair["weight_bits"]) for pair in pairs]
    assert weights == sorted(weights, reverse=True)
    twins = {(pair["left_id"], pair["right_id"]) for pair in pairs}
    assert all((f"{n}-0", f"{n}-1") in twins for n in range(160))


def test_clusters_name_each_row_and_its_group(app, asked):
    out = asked / "groups.csv"
    model = ("--model", asked / "model.json", "--least-bits", "3")
    called(app, "link", asked / "people.csv", *model, "--clusters", out)
    groups = {row["id"]: row["cluster"] for row in rows_of(out)}
    assert len(groups) == 320
    assert all(groups[f"{n}-0"] == groups[f"{n}-1"] for n in range(160))
    assert all(groups[cluster] == cluster for cluster in groups.values())


def test_two_tables_may_be_csv_and_parquet(app, asked):
    rows = rows_of(asked / "people.csv")
    for copy, name in ((0, "a.parquet"), (1, "b.parquet")):
        half = [row for row in rows if row["id"].endswith(str(copy))]
        pq.write_table(pa.Table.from_pylist(half), asked / name)
    out = asked / "pairs.parquet"
    model = ("--model", asked / "model.json")
    called(
        app, "link", asked / "a.parquet", asked / "b.parquet", *model, "--out", out,
        "--truth", "person",
    )  # fmt: skip
    pairs = pq.read_table(out).to_pylist()
    assert {pair["left_id"][-1] for pair in pairs} == {"0"}
    assert {pair["right_id"][-1] for pair in pairs} == {"1"}


def test_the_truth_gives_figures(app, asked):
    model = ("--model", asked / "model.json", "--truth", "person", "--json")
    told = json.loads(called(app, "link", asked / "people.csv", *model).stdout)
    assert told["true"] == 160
    assert told["found"] == 160
    assert 0.5 < told["average_precision"] <= 1
    assert 0.5 < told["cluster_recall"] <= 1


def test_pairs_can_be_counted_before_they_are_weighed(app, asked):
    model = ("--model", asked / "model.json", "--count", "--json")
    told = json.loads(called(app, "link", asked / "people.csv", *model).stdout)
    assert told[0]["rule"] == "l.first = r.first"
    assert told[0]["pairs"] >= 160


def test_a_trained_model_is_written_with_what_it_came_from(app, asked):
    out = asked / "trained.json"
    told = called(
        app, "train", asked / "people.csv", "--model", asked / "model.json", "--out",
        out, "--random-pairs", "20000", "--json",
    ).stdout  # fmt: skip
    assert json.loads(told)["sessions"][0]["pairs"] >= 160
    model = ("--model", out, "--truth", "person", "--json")
    figures = json.loads(called(app, "link", asked / "people.csv", *model).stdout)
    assert figures["average_precision"] > 0.9


def test_lines_with_too_many_values_are_left_out_and_told(app, asked):
    path = asked / "people.csv"
    path.write_text(path.read_text(encoding="utf-8") + "x,y,z,1,2,3\n", "utf-8")
    model = ("--model", asked / "model.json", "--count")
    told = called(app, "link", path, *model)
    assert "1 lines with too many or too few values are left out" in told.stderr


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (lambda text: text.replace("first", "vorname"), ModelRefused, "'first'"),
        (lambda text: text.replace("1-0,", "0-0,"), TableRefused, "'0-0' stands"),
        (lambda text: text.replace("city", "first"), FileRefused, "two columns"),
        (lambda text: "", FileRefused, "people.csv"),
    ],
)
def test_a_table_that_cannot_be_linked_is_refused(app, asked, change, error, reason):
    path = asked / "people.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), "utf-8")
    with pytest.raises(error, match=reason):
        called(app, "link", path, "--model", asked / "model.json", "--count")


def test_a_table_in_big5_is_read_as_such(app, asked):
    path = asked / "people.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp950"))
    model = ("--model", asked / "model.json", "--count")
    with pytest.raises(FileRefused):
        called(app, "link", path, *model)
    assert called(app, "link", path, *model, "--encoding", "cp950").exit_code == 0


def test_one_row_of_ten_megabytes_or_of_nonsense_stops_no_table(app, asked):
    path = asked / "people.csv"
    odd = f"long,{'x' * 10_000_000},lee,a,900\nodd,\U0001f46e\x07王小明,林,台北,901\n"
    path.write_text(path.read_text(encoding="utf-8") + odd, "utf-8")
    model = ("--model", asked / "model.json", "--truth", "person", "--json")
    told = json.loads(called(app, "link", path, *model).stdout)
    assert told["true"] == told["found"] == 160


def test_a_table_without_rows_links_nothing(app, asked):
    path = asked / "people.csv"
    path.write_text("id,first,last,city\n", "utf-8")
    out = asked / "pairs.csv"
    called(app, "link", path, "--model", asked / "model.json", "--out", out)
    assert rows_of(out) == []


def test_nothing_asked_for_is_a_mistake(app, asked):
    model = ("--model", asked / "model.json")
    result = called(app, "link", asked / "people.csv", *model)
    assert result.exit_code == 2
    assert "--out" in result.stderr
