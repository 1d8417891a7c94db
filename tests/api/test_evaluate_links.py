"""`lianfang evaluate-links`, as a person would call it."""

import csv
import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from api.cli import MODULES
from api.commands.evaluate_links import register
from data.errors import FileRefused
from matching.errors import TableRefused
from matching.linkage.calibration import model_sum, read_calibration
from tests.matching.linkage.made import FIRST, LAST, settings

N = 150
COLUMNS = ["id", "first", "last", "city", "person", "kind"]


@pytest.fixture
def app():
    made = typer.Typer()
    register(made)
    return made


def write(path, rows, columns=COLUMNS):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture
def asked(tmp_path):
    """A folder with a model and two tables; every third person is misheard."""
    (tmp_path / "model.json").write_text(json.dumps(settings()), encoding="utf-8")
    rng = np.random.default_rng(1)
    people = [
        [f"{FIRST[k % 7]}{k}", LAST[int(rng.integers(6))], "taipei"] for k in range(N)
    ]
    kinds = ["misheard" if k % 3 == 0 else "[b]清楚[/b]" for k in range(N)]
    left = [
        [f"l{k}", *one, str(k), kind]
        for k, (one, kind) in enumerate(zip(people, kinds, strict=True))
    ]
    right = [
        [f"r{k}", "" if k % 9 == 0 else "xyz" * (k % 3 == 0) + first, *rest, str(k), ""]
        for k, (first, *rest) in enumerate(people)
    ]
    write(tmp_path / "left.csv", left)
    write(tmp_path / "right.csv", right)
    return tmp_path


def called(app, *arguments):
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def both(folder, *more):
    model = ("--model", folder / "model.json", "--truth", "person")
    return folder / "left.csv", folder / "right.csv", *model, *more


def told(app, *arguments):
    return json.loads(called(app, *arguments, "--json").stdout)


def test_json_has_every_figure(app, asked):
    found = told(app, *both(asked, "--group", "kind"))
    assert found["pairs"]["true"] == N
    assert found["within"].keys() == {"1", "3", "10"}
    assert found["within"]["1"] <= found["within"]["3"] <= found["within"]["10"]
    recall = [one["recall"] for one in found["thresholds"]]
    assert recall == sorted(recall, reverse=True)
    kept = {one["least_bits"]: one["kept"] for one in found["thresholds"]}
    assert found["pairs"]["candidates"] > kept[0] > kept[20]
    groups = {one["group"]: one for one in found["groups"]}
    assert sum(one["pairs"] for one in groups.values()) == N
    clear, misheard = groups["[b]清楚[/b]"], groups["misheard"]
    assert clear["recall"] > 0.95 > misheard["recall"]
    assert found["largest_gap"]["worst"] == "misheard"
    bins = found["reliability"]["all"]["bins"]
    assert sum(one["pairs"] for one in bins) == found["pairs"]["candidates"]
    assert found["calibration"] is None


def test_a_person_reads_tables(app, asked):
    said = called(app, *both(asked, "--group", "kind")).stdout
    for words in (
        "blocking rule brought", "among the first 3", "precision", "95 %",
        "Recall from +0.0 bits on", "[b]清楚[/b]", "largest difference",
    ):  # fmt: skip
        assert words in said
    assert "Recall from" not in called(app, *both(asked)).stdout


def test_groups_may_count_only_pairs_where_a_column_is_known(app, asked):
    options = ("--group", "kind", "--known", "first")
    groups = told(app, *both(asked, *options))["groups"]
    n_blank = len(range(0, N, 9))  # on the right; nobody's is on the left
    assert sum(one["pairs"] for one in groups) == N - n_blank


def test_a_threshold_for_the_groups_can_be_chosen(app, asked):
    recall = [
        sum(
            one["recall"] * one["pairs"]
            for one in told(app, *both(asked, "--group", "kind", "--least-bits", b))[
                "groups"
            ]
        )
        for b in (-20, 0, 40)
    ]
    assert recall == sorted(recall, reverse=True)
    assert recall[0] > recall[2] == 0


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_a_calibration_is_written_for_its_model(app, asked, method):
    out = asked / "calibration.json"
    found = told(app, *both(asked, "--calibrate", method, "--out", out))
    model = model_sum(asked / "model.json")
    calibration = read_calibration(out, model_sha256=model)
    assert calibration.pairs == found["calibration"]["pairs"]
    before, after = found["reliability"], found["reliability_calibrated"]
    assert calibration.error_before == pytest.approx(before["near"]["error"])
    assert calibration.error_after == pytest.approx(after["near"]["error"])
    assert after["near"]["brier"] < before["near"]["brier"]
    said = called(app, *both(asked, "--calibrate", method, "--out", out)).stdout
    assert "calibrated" in said


@pytest.mark.parametrize("options", [(), ("--group", "kind")])
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_picture_is_drawn(app, asked, ending, options):
    pytest.importorskip("matplotlib")
    out = asked / f"trust.{ending}"
    calibrate = ("--calibrate", "platt", "--out", asked / "calibration.json")
    called(app, *both(asked, "--plot", out, *options, *calibrate))
    head = out.read_bytes()[:200]
    assert b"PNG" in head if ending == "png" else b"<?xml" in head


def test_a_group_may_be_called_anything(app, asked):
    pytest.importorskip("matplotlib")
    path = asked / "left.csv"
    path.write_text(
        path.read_text("utf-8").replace("misheard", "$a_^{$ \U0001fae0"), "utf-8"
    )
    out = asked / "trust.png"
    called(app, *both(asked, "--plot", out, "--group", "kind"))
    assert out.stat().st_size > 10_000


def test_one_table_is_held_against_itself(app, asked):
    rows = []
    for name in ("left.csv", "right.csv"):
        with (asked / name).open(encoding="utf-8", newline="") as file:
            rows += list(csv.reader(file))[1:]
    write(asked / "all.csv", rows)
    model = ("--model", asked / "model.json", "--truth", "person", "--group", "kind")
    found = told(app, asked / "all.csv", *model)
    assert found["pairs"]["true"] == N
    assert "(none)" in {one["group"] for one in found["groups"]}
    assert sum(one["pairs"] for one in found["groups"]) == 2 * N


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--calibrate", "platt"), "--out"),
        (("--out", "x.json"), "--calibrate"),
        (("--known", "first"), "--group"),
        (("--plot", "trust.doc"), ".png"),
        (("--calibrate", "guess", "--out", "x.json"), "guess"),
    ],
)
def test_options_that_do_not_go_together_are_a_mistake(app, asked, options, reason):
    result = called(app, *both(asked, *options))
    assert result.exit_code == 2
    assert reason in result.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--truth", "who"), "'who'"),
        (("--group", "tribe"), "'tribe'; there are 'id'"),
        (("--group", "kind", "--known", "nose"), "'nose'"),
        (("--group", "id"), "150 groups"),
    ],
)
def test_a_column_that_cannot_be_used_is_refused(app, asked, options, reason):
    with pytest.raises(FileRefused, match=reason):
        called(app, *both(asked, *options))


def test_tables_without_a_true_pair_are_refused(app, asked):
    with pytest.raises(TableRefused, match="no two rows belong together"):
        called(app, *both(asked, "--truth", "id"))


def test_rows_without_truth_belong_to_nobody(app, asked):
    """Not even to a row of the other table that has none either."""
    for name in ("left.csv", "right.csv"):
        path = asked / name
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        write(
            path,
            [[*one[:4], "" if int(one[4]) < 75 else one[4], one[5]] for one in rows],
        )
    assert told(app, *both(asked))["pairs"]["true"] == N - 75


def test_an_empty_table_is_refused(app, asked):
    write(asked / "right.csv", [])
    with pytest.raises(TableRefused, match="no two rows belong together"):
        called(app, *both(asked))
    (asked / "right.csv").write_text("", encoding="utf-8")
    with pytest.raises(FileRefused, match="empty"):
        called(app, *both(asked))


def test_too_few_pairs_to_calibrate_on_are_refused(app, asked):
    rows = [["a", "ann", "lee", "taipei", "1", "x"]]
    write(asked / "left.csv", rows)
    write(asked / "right.csv", rows)
    out = asked / "calibration.json"
    with pytest.raises(TableRefused, match="1 judged pairs, 1 of them true"):
        called(app, *both(asked, "--calibrate", "platt", "--out", out))
    assert not out.exists()


def test_no_candidates_at_all_are_refused_in_words(app, asked):
    write(asked / "left.csv", [["a", "ann", "lee", "taipei", "1", "x"]])
    write(asked / "right.csv", [["b", "zoe", "smith", "tainan", "1", "x"]])
    with pytest.raises(TableRefused, match="no rule brings any"):
        called(app, *both(asked))


def test_the_command_is_one_of_lianfang():
    assert MODULES["evaluate-links"] == "evaluate_links"
