"""`lianfang evaluate` on a small stream: what it counts, and how it is told."""

import json

import pytest
import typer
from typer.testing import CliRunner

from api.commands.evaluate import Asked, Errors, Vehicles, measured, register

APP = typer.Typer()
register(APP)
SMALL = ["--entries", "200", "--reads", "3000", "--wrong", "0.05"]


def asked(**changes):
    made = {
        "entries": 200, "reads": 3_000, "errors": Errors.SCENARIO,
        "vehicles": Vehicles.SCENARIO, "tracks": 0, "right_share": 0.9, "seed": 7,
    }  # fmt: skip
    return Asked(**(made | changes))


@pytest.fixture(scope="module")
def curve():
    return measured(asked(), 0.05)


def test_recall_and_false_alerts_grow_as_the_threshold_falls(curve):
    thresholds = [row.least_bits for row in curve]
    assert thresholds == sorted(thresholds, reverse=True)
    for name in ("recall", "false_per_10k", "expected_per_10k"):
        values = [getattr(row, name) for row in curve]
        assert values == sorted(values), name


def test_exact_readings_are_found_at_any_threshold(curve):
    assert curve[0].recall == pytest.approx(0.95**6.8, abs=0.05)
    assert curve[-1].recall > 0.9


def test_a_stream_is_the_same_for_the_same_seed(curve):
    assert measured(asked(), 0.05) == curve
    assert measured(asked(seed=8), 0.05) != curve


@pytest.mark.parametrize(
    "changes", [{"errors": Errors.UNIFORM}, {"vehicles": Vehicles.UNIFORM}]
)
def test_other_errors_and_other_vehicles_can_be_measured(changes):
    rows = measured(asked(**changes), 0.05)
    assert 0.6 < rows[-1].recall <= 1


def test_more_errors_are_harder(curve):
    assert measured(asked(), 0.15)[0].recall < curve[0].recall


def test_json_tells_what_was_asked_and_found():
    done = CliRunner().invoke(APP, [*SMALL, "--json"])
    told = json.loads(done.stdout)
    assert told["asked"]["entries"] == 200
    assert {"recall", "false_per_10k", "least_bits"} <= set(told["rows"][0])


def test_a_table_and_a_plot_are_made(tmp_path):
    path = tmp_path / "recall.svg"
    done = CliRunner().invoke(APP, [*SMALL, "--plot", str(path)])
    assert done.exit_code == 0, done.output
    assert "recall" in done.stdout
    assert path.stat().st_size > 1_000


def test_a_share_that_is_none_is_refused():
    done = CliRunner().invoke(APP, ["--wrong", "5"])
    assert done.exit_code == 2
