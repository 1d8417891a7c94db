"""Thresholds are chosen by the false alerts they bring; what they accept is shown."""

from dataclasses import replace

import numpy as np
import pytest

from data.plate_codes import encode
from matching.alerts import alert_curve, preview, threshold_for
from matching.errors import NoSuchThreshold
from matching.forms import NEW_DIGITS, NEW_LETTERS
from matching.hotlist import LiveHotList
from matching.hotview import HotReads
from matching.looks import CLASSES, COLOUR_NUMBERS, TYPE_NUMBERS
from matching.misreads import Misreads
from tests.matching.test_hotlist import AT, MODEL, read, wanted

CAR = ("sedan", "suv", "van", "truck")


def plates(n, rng):
    letters = rng.choice(list(NEW_LETTERS), (n, 2))
    digits = rng.choice(list(NEW_DIGITS), (n, 4))
    return sorted(
        {f"A{''.join(a)}{''.join(b)}" for a, b in zip(letters, digits, strict=True)}
    )


@pytest.fixture(scope="module")
def view():
    rng = np.random.default_rng(3)
    kinds, colours = ["sedan", "suv", "scooter"], ["white", "black", "red"]
    made = [
        wanted(plate, plate, type=kinds[n % 3], colour=colours[n // 3 % 3])
        for n, plate in enumerate(plates(2_000, rng))
    ]
    return LiveHotList(MODEL, made).now


@pytest.fixture(scope="module")
def curve(view):
    return alert_curve(view, error=0.03)


def test_a_higher_threshold_never_brings_more(curve):
    assert (np.diff(curve.per_read) <= 1e-18).all()
    assert curve.per_read[-1] == pytest.approx(curve.exact_per_read)


def test_false_alerts_stay_below_what_the_weights_promise(view, curve):
    """Of pairs with 2^b odds against strangers, at most one in 2^b is a stranger's."""
    for least in (-5.0, 0.0, 5.0):
        most = len(view.living) * 2.0 ** (MODEL.prior_bits - least)
        assert curve.at(least) - curve.exact_per_read <= most * 2**0.2


def test_the_threshold_brings_no_more_than_is_wanted_and_one_step_less_does(curve):
    least = curve.threshold_for(alerts_per_day=5, reads_per_day=100_000)
    assert curve.at(least) * 100_000 <= 5 < curve.at(least - 0.06) * 100_000


def test_more_reads_or_more_wanted_plates_need_a_higher_threshold(view):
    rng = np.random.default_rng(5)
    more = LiveHotList(MODEL, [wanted(p, p) for p in plates(20_000, rng)]).now
    low = threshold_for(view, alerts_per_day=100, reads_per_day=1e5)
    assert threshold_for(view, alerts_per_day=100, reads_per_day=1e6) > low
    assert threshold_for(more, alerts_per_day=100, reads_per_day=1e5) > low


def test_no_threshold_brings_fewer_than_exact_readings_of_others(view):
    with pytest.raises(NoSuchThreshold, match="exact readings"):
        threshold_for(view, alerts_per_day=1e-9, reads_per_day=1e6)


def test_expected_false_alerts_are_those_of_a_stream_of_strangers(view, curve):
    """Strangers as dense as the forms say: 4.4 million cars among 30 million plates."""
    rng = np.random.default_rng(7)
    n = 150_000
    known = {one.plate for one in view.known}
    others = [plate for plate in plates(n, rng) if plate not in known]
    codes = encode(rng.permutation(others))
    told = MODEL.looks.shares[1:, 1:, CLASSES.index(CAR)]
    drawn = rng.choice(told.size, len(codes), p=told.ravel() / told.sum())
    types, colours = np.unravel_index(drawn, told.shape)
    reads = HotReads(
        codes=codes,
        at_us=np.full(len(codes), int(AT.timestamp() * 1e6)),
        errors=np.full(len(codes), 0.03),
        types=(types + 1).astype(np.uint8),
        colours=(colours + 1).astype(np.uint8),
    )
    # plates begin with A alone here: as dense as 9.5e-8 a plate, 3.8 million of them
    per_read = len(view.match(reads, least_bits=-4.0)) / len(codes)
    dense = 9.5e-8 * 24 * 24 * 9**4
    assert per_read * dense == pytest.approx(curve.at(-4.0), rel=1.0)


def test_a_preview_lists_what_is_accepted_with_its_probability(view):
    row = int(view.living[0])
    one = view.wanted(row)
    shown = preview(view, row, least_bits=0.0, type_=one.type, colour=one.colour)
    assert shown[0].reading == one.plate
    chances = [found.probability for found in shown]
    assert chances == sorted(chances, reverse=True)
    for found in shown[:20]:
        expected = Misreads(0.03).reading(found.reading, one.plate)
        assert found.probability == pytest.approx(expected, rel=1e-9)
        told = {"vehicle_type": one.type, "colour": one.colour}
        seen = read(found.reading, confidence=0.97 ** len(found.reading), **told)
        parts = {part.name: part.bits for part in view.weigh(seen, row).findings}
        rest = MODEL.comparisons["journey"].bits("fresh") - parts["journey"]
        assert found.bits == pytest.approx(view.weigh(seen, row).bits + rest, abs=1e-6)


def test_a_higher_threshold_accepts_fewer_misreads_but_always_the_plate(view):
    row = int(view.living[0])
    counts = [len(preview(view, row, least_bits=bits)) for bits in (-5, 0, 5, 90)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2]
    assert counts[-1] == 1


def test_what_a_preview_shows_is_what_matching_accepts(view):
    row = int(view.living[0])
    one = view.wanted(row)
    shown = preview(view, row, least_bits=-3.0, type_=one.type, colour=one.colour)
    codes = encode([found.reading for found in shown])
    n = len(codes)
    reads = HotReads(
        codes=codes,
        at_us=np.full(n, int(AT.timestamp() * 1e6)),
        errors=np.full(n, 0.03),
        types=np.full(n, TYPE_NUMBERS[one.type], dtype=np.uint8),
        colours=np.full(n, COLOUR_NUMBERS[one.colour], dtype=np.uint8),
        lng=np.full(n, one.lng),
        lat=np.full(n, one.lat),
    )
    hits = view.match(reads, least_bits=-3.0)
    found = set(hits.reads[hits.rows == row].tolist())
    assert found == set(range(n))


def test_a_partial_plate_has_no_preview_and_an_empty_list_no_alerts():
    live = LiveHotList(MODEL, [wanted("BKD58??")])
    assert preview(live.now, 0, least_bits=0.0) == []
    nobody = LiveHotList(MODEL).now
    assert alert_curve(nobody).at(0.0) == 0.0
    assert replace(alert_curve(nobody)).exact_per_read == 0.0
