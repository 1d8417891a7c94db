"""Probabilities learned from judged pairs."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import ModelRefused, TableRefused
from matching.linkage.calibration import (
    Isotonic,
    Method,
    Platt,
    as_content,
    as_probability,
    calibration_of,
    cross_validated,
    learned,
    model_sum,
    read_calibration,
    write_calibration,
)
from matching.linkage.evaluation import calibrated
from tests.matching.linkage.test_evaluation import simulated

SUM, OTHER = "a" * 64, "b" * 64
METHODS = pytest.mark.parametrize("method", Method)
ANY = np.concatenate((np.linspace(-80, 80, 500), [-5000.0, 5000.0]))


@METHODS
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(50, 300))
def test_more_bits_are_never_less_probable(method, seed, n):
    rng = np.random.default_rng(seed)
    bits = np.round(rng.normal(0, 5, n), 1)
    is_true = rng.random(n) < as_probability(bits / 3)
    if min(is_true.sum(), (~is_true).sum()) < 5:
        return
    found = learned(bits, is_true, method=method, model_sha256=SUM)
    told = found.probability(np.sort(ANY))
    assert (np.diff(told) >= 0).all()
    assert ((told >= 0) & (told <= 1)).all()


@METHODS
def test_four_bits_too_sure_are_mended(method):
    bits, is_true = simulated(5000, shift=4.0)
    found = learned(bits, is_true, method=method, model_sha256=SUM)
    assert found.error_before > 0.25
    assert found.error_after < 0.02
    fresh, truth = simulated(20_000, shift=4.0, seed=6)
    assert calibrated(found.probability(fresh), truth).error < 0.02
    assert found.probability(np.array([4.0]))[0] == pytest.approx(0.5, abs=0.06)
    assert (found.pairs, found.true) == (5000, int(is_true.sum()))


def test_platt_finds_the_shift_that_made_the_pairs():
    bits, is_true = simulated(20_000, shift=4.0)
    curve = learned(bits, is_true, method=Method.PLATT, model_sha256=SUM).curve
    assert (curve.slope, curve.shift_bits) == pytest.approx((1.0, -4.0), abs=0.15)


def test_pairs_that_nobody_looks_at_do_not_hide_an_error():
    bits, is_true = simulated(5000, shift=4.0)
    near = learned(bits, is_true, method=Method.PLATT, model_sha256=SUM)
    far = np.full(50_000, -60.0), np.zeros(50_000, np.bool_)
    every = (np.concatenate(both) for both in zip((bits, is_true), far, strict=True))
    found = learned(*every, method=Method.PLATT, model_sha256=SUM)
    assert found.error_before == pytest.approx(near.error_before)
    none_near = learned(bits - 99, is_true, method=Method.PLATT, model_sha256=SUM)
    assert none_near.error_before > none_near.error_after


@METHODS
def test_what_was_right_stays_right(method):
    bits, is_true = simulated(20_000)
    found = learned(bits, is_true, method=method, model_sha256=SUM)
    assert found.error_after < 0.015


def test_errors_are_told_of_pairs_that_taught_nothing():
    """Of noise, an isotonic curve learns by heart; only unseen pairs tell."""
    rng = np.random.default_rng(3)
    bits, is_true = rng.normal(0, 2, 60), rng.random(60) < 0.5
    found = learned(bits, is_true, method=Method.ISOTONIC, model_sha256=SUM)
    by_heart = calibrated(found.probability(bits), is_true).error
    assert found.error_after > by_heart + 0.02
    unseen = cross_validated(bits, is_true, method=Method.ISOTONIC)
    assert found.error_after == calibrated(unseen, is_true).error


def test_nobody_is_surer_than_his_pairs_can_make_him():
    bits = np.concatenate((np.full(50, -9.0), np.full(50, 9.0)))
    found = learned(bits, bits > 0, method=Method.ISOTONIC, model_sha256=SUM)
    assert found.probability(np.array([-99.0, 99.0])) == pytest.approx(
        [1 / 102, 101 / 102]
    )


@METHODS
@pytest.mark.parametrize(
    ("n", "true"), [(0, 0), (49, 25), (60, 0), (60, 60), (60, 4), (60, 56)]
)
def test_too_few_pairs_or_one_kind_of_them_teach_nothing(method, n, true):
    with pytest.raises(TableRefused, match="judge more pairs"):
        learned(
            np.arange(n) / 1.0, np.arange(n) < true, method=method, model_sha256=SUM
        )


def test_pairs_that_are_the_wrong_way_round_are_refused():
    bits, is_true = simulated(500)
    with pytest.raises(TableRefused, match="heavier pairs are not the truer"):
        learned(-bits, is_true, method=Method.PLATT, model_sha256=SUM)


@METHODS
def test_a_calibration_is_read_as_it_was_written(method, tmp_path):
    model = tmp_path / "model.json"
    model.write_text("{}", encoding="utf-8")
    found = learned(*simulated(300), method=method, model_sha256=model_sum(model))
    path = tmp_path / "calibration.json"
    write_calibration(found, path)
    assert read_calibration(path, model_sha256=model_sum(model)) == found
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1
    model.write_text("{ }", encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"calibration\.json: .* learn it again"):
        read_calibration(path, model_sha256=model_sum(model))


def content(**changes):
    found = learned(*simulated(300), method=Method.ISOTONIC, model_sha256=SUM)
    return as_content(found) | changes


PLATT = {"method": "platt", "slope": 1.0, "shift_bits": 0.0}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_sha256": OTHER}, "learn it again for this one"),
        ({"version": 2}, "version 2"),
        ({"method": "guess"}, "guess"),
        ({"bits": [0.0, 1.0], "probability": [0.7, 0.3]}, "never fall"),
        ({"bits": [1.0, 0.0], "probability": [0.3, 0.7]}, "never fall"),
        ({"bits": [0.0], "probability": [0.3, 0.7]}, "never fall"),
        ({"bits": [], "probability": []}, "never fall"),
        ({"bits": [0.0, 1.0], "probability": [0.3, float("nan")]}, "never fall"),
        ({"bits": [0.0, 1.0], "probability": [0.3, 1.0]}, "never fall"),
        ({"bits": "many"}, "no calibration"),
        ({"pairs": float("inf")}, "no calibration"),
        ({**PLATT, "slope": -1.0}, "slope above 0"),
        ({**PLATT, "shift_bits": float("nan")}, "slope above 0"),
        ({"method": "platt"}, "slope"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused(changes, reason):
    with pytest.raises(ModelRefused, match=reason):
        calibration_of(content(**changes), model_sha256=SUM)


@pytest.mark.parametrize("text", ["", "[]", "7", "{"])
def test_a_file_that_is_no_calibration_is_refused(text, tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"calibration\.json"):
        read_calibration(path, model_sha256=SUM)


def test_both_curves_are_made_of_plain_numbers():
    assert calibration_of(content(**PLATT), model_sha256=SUM).curve == Platt(1.0, 0.0)
    curve = calibration_of(
        content(bits=[-1, 1], probability=[0.25, 0.75]), model_sha256=SUM
    ).curve
    assert curve == Isotonic((-1.0, 1.0), (0.25, 0.75))
    assert curve.of(np.array([-9.0, 0.0, 9.0])) == pytest.approx([0.25, 0.5, 0.75])
