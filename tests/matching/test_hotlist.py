"""The hot list by the million: fast matching is weighing, and order does not matter."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.plate_codes import decode
from data.records import LeadLevel, Read, Spot
from matching.confusions import ALPHABET, DEFAULT
from matching.errors import PlateRefused
from matching.evidence import COLOURS, TYPES
from matching.hotlist import LiveHotList
from matching.hotview import errors_of, reads_of
from matching.learning import Track, learn
from matching.misreads import error_of
from matching.model import read_model
from matching.near import plates_near
from matching.wanted import Wanted, completions, wanted_of
from matching.weigh import weigh_read

MODEL = read_model()
AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
LOW = -30.0

LETTERS, DIGITS = "ABCDKMNO8", "0123568B"
PLATES = st.one_of(
    st.builds("{}{}".format, st.text(LETTERS, min_size=3, max_size=3),
              st.text(DIGITS, min_size=4, max_size=4)),
    st.builds("{}{}".format, st.text(LETTERS, min_size=2, max_size=2),
              st.text(DIGITS, min_size=4, max_size=4)),
    st.text(ALPHABET, min_size=4, max_size=8),
)  # fmt: skip


def wanted(plate="BKD5826", key="hot", **changes):
    made = Wanted(
        id=key,
        plate=plate,
        since=AT - timedelta(minutes=55),
        verified_at=AT,
        expires_at=AT + timedelta(days=30),
        type="suv",
        colour="white",
        lng=120.9,
        lat=24.69,
    )
    return replace(made, **changes)


def read(plate, **changes):
    made = Read("r", "c", AT, plate, plate, AT, Spot(121.16, 24.91),
                confidence=0.78, vehicle_type="suv", colour="white")  # fmt: skip
    return replace(made, **changes)


def plates_found(live, reads, least_bits=LOW):
    hits = live.now.match(reads_of(reads), least_bits=least_bits)
    return [
        (int(at), live.now.wanted(int(row)).plate)
        for at, row in zip(hits.reads, hits.rows, strict=True)
    ]


def weighed(seen, entry):
    """Weigh a pair as the rule does; the distance as the fast way takes it."""
    live = LiveHotList(MODEL, [entry])
    return live.now.weigh(seen, 0)


ENTRIES = st.builds(
    wanted,
    plate=PLATES,
    type=st.sampled_from([None, *sorted(TYPES)]),
    colour=st.sampled_from([None, "puce", *sorted(COLOURS)]),
    since=st.integers(0, 300).map(lambda hours: AT - timedelta(hours=hours)),
    verified_at=st.integers(0, 60).map(lambda days: AT - timedelta(days=days)),
    lng=st.sampled_from([None, 120.9, 121.5]),
)
READS = st.builds(
    read,
    plate=PLATES,
    confidence=st.sampled_from([None, 0.2, 0.78, 0.99]),
    vehicle_type=st.sampled_from([None, *sorted(TYPES)]),
    colour=st.sampled_from([None, *sorted(COLOURS)]),
)


@given(st.lists(ENTRIES, min_size=1, max_size=12), st.lists(READS, max_size=6),
       st.sampled_from([-10.0, -5.0, 0.0, 5.0]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_fast_matching_finds_what_weighing_every_pair_finds(entries, reads, least):
    entries = [replace(one, id=f"{n}") for n, one in enumerate(entries)]
    view = LiveHotList(MODEL, entries).now
    hits = view.match(reads_of(reads), least_bits=least)
    found = {
        (int(at), view.wanted(int(row)).id): float(bits)
        for at, row, bits in zip(hits.reads, hits.rows, hits.bits, strict=True)
    }
    for at, seen in enumerate(reads):
        for row, one in enumerate(entries):
            rule = view.weigh(seen, row)
            key = (at, one.id)
            if key in found:
                assert found[key] == pytest.approx(rule.bits, abs=1e-9)
            elif rule.exact:
                raise AssertionError(key)
            elif rule.bits >= least + 1e-9 and not hits.n_cut:
                assert is_out_of_reach(seen, one.plate), key


def is_out_of_reach(seen, plate):
    """Whether a pair is one that `match` says it does not find."""
    error = error_of(seen.confidence, len(seen.plate))
    near = plates_near(seen.plate, error=error, least=4e-6)
    return plate not in set(decode(near.codes).tolist())


def test_each_part_of_the_bits_is_that_of_the_explanation():
    seen, one = read("BKO5B26"), wanted()
    view = LiveHotList(MODEL, [one]).now
    hits = view.match(reads_of([seen]))
    told = {finding.name: finding.bits for finding in view.weigh(seen, 0).findings}
    for name in ("plate", "type", "colour", "journey", "age"):
        assert getattr(hits, f"{name}_bits")[0] == pytest.approx(told[name], abs=1e-9)


def test_a_search_too_wide_for_its_room_is_counted(monkeypatch):
    batch = reads_of([read("BKO5B26")])
    roomy = LiveHotList(MODEL, [wanted()]).now
    assert roomy.match(batch, least_bits=LOW).n_cut == 0
    monkeypatch.setattr("matching.hot_tables.LEAVES", 4)
    narrow = LiveHotList(MODEL, [wanted()]).now
    counts = {narrow.match(batch, least_bits=LOW).n_cut for _ in range(3)}
    assert len(counts) == 1
    assert counts.pop() > 0


@given(st.text("BKD5826O8", min_size=5, max_size=7), st.data())
@settings(max_examples=40, deadline=None)
def test_any_one_error_is_found_in_a_long_list(plate, data):
    others = ["ABC1235", "XYZ9876", "AB1234", "MNP555", "BKD5827", "BKD58266"]
    live = LiveHotList(MODEL, [wanted(p, p) for p in {plate, *others}])
    at = data.draw(st.integers(0, len(plate) - 1))
    new = data.draw(st.sampled_from(ALPHABET))
    near = [plate[:at] + new + plate[at + 1 :], plate[:at] + new + plate[at:]]
    near += [plate[:at] + plate[at + 1 :]] if len(plate) > 5 else []
    for seen in near:
        assert (0, plate) in plates_found(live, [read(seen)], least_bits=-60.0)


@pytest.mark.parametrize("seen", ["BKO5B26", "8KO5B26", "BKDS8Z6"])
def test_several_look_alikes_are_found(seen):
    live = LiveHotList(MODEL, [wanted()])
    assert plates_found(live, [read(seen)], least_bits=0.0) == [(0, "BKD5826")]


def test_the_reading_of_a_stranger_is_not_found():
    live = LiveHotList(MODEL, [wanted()])
    assert plates_found(live, [read("XYZ9999")]) == []


def test_an_exact_reading_passes_whatever_speaks_against_it():
    live = LiveHotList(MODEL, [wanted()])
    black_bike = read("BKD5826", vehicle_type="scooter", colour="black")
    assert plates_found(live, [black_bike], least_bits=99.0) == [(0, "BKD5826")]


def test_a_read_from_before_the_theft_is_matched_with_nothing():
    live = LiveHotList(MODEL, [wanted()])
    early = read("BKD5826", at=AT - timedelta(hours=1))
    assert plates_found(live, [early]) == []


def test_unreadable_plates_and_empty_batches_are_matched_with_nothing():
    live = LiveHotList(MODEL, [wanted()])
    assert plates_found(live, []) == []
    assert plates_found(live, [read("???")]) == []


def test_several_entries_of_one_plate_and_several_reads_come_in_order():
    live = LiveHotList(MODEL, [wanted(key="a"), wanted(key="b", colour="black")])
    hits = live.now.match(reads_of([read("BKD5826"), read("ABC1235"), read("BKD5826")]))
    assert hits.reads.tolist() == [0, 0, 2, 2]
    assert [live.now.wanted(int(row)).id for row in hits.rows] == ["a", "b"] * 2
    assert hits.bits[0] > hits.bits[1]


def test_more_pairs_than_there_is_room_for_are_all_found():
    live = LiveHotList(MODEL, [wanted(key=f"{n}") for n in range(700)])
    hits = live.now.match(reads_of([read("BKD5826")] * 3))
    assert len(hits) == 2100
    assert np.unique(hits.rows).size == 700


@pytest.mark.parametrize(
    ("pattern", "seen", "is_found"),
    [
        ("BKD58??", "BKD5826", True),
        ("BKD58??", "BKO5899", True),
        ("?KD5826", "CKD5826", True),
        ("BKD58??", "BKD4826", False),
    ],
)
def test_partial_plates_are_matched_by_what_is_known(pattern, seen, is_found):
    live = LiveHotList(MODEL, [wanted(pattern)])
    assert bool(plates_found(live, [read(seen)], least_bits=-2.0)) is is_found


def test_a_partial_plate_is_weighed_as_the_rule_does_and_counts_for_less():
    whole, part = wanted(), wanted("BKD58??")
    seen = read("BKD5826")
    view = LiveHotList(MODEL, [part]).now
    (bits,) = view.match(reads_of([seen]), least_bits=LOW).bits
    assert bits == pytest.approx(weighed(seen, part).bits, abs=1e-9)
    assert bits < weighed(seen, whole).bits - 6


@pytest.mark.parametrize("pattern", ["BK?????", "?????26", "AB", "BKД5826"])
def test_a_plate_that_is_too_open_or_none_is_refused_and_nothing_changes(pattern):
    live = LiveHotList(MODEL, [wanted()])
    with pytest.raises(PlateRefused):
        live.apply([wanted("ABC1235", "new"), wanted(pattern, "bad")])
    assert len(live) == 1
    assert plates_found(live, [read("ABC1235")]) == []


def test_a_plate_is_taken_as_people_write_it():
    live = LiveHotList(MODEL, [wanted("bkd-5826")])
    assert plates_found(live, [read("BKD5826")]) == [(0, "BKD5826")]


def test_completions_follow_the_forms():
    assert completions("BKD58??").size == 100
    assert completions("?KD5826").size == 26
    assert completions("BKD5826").size == 1


def test_an_expired_entry_asks_to_verify_and_never_for_action():
    old = wanted(expires_at=AT - timedelta(seconds=1))
    live = LiveHotList(MODEL, [wanted(key="new"), old])
    hits = live.now.match(reads_of([read("BKD5826")]))
    told = {live.now.wanted(int(r)).id: bool(m) for r, m in
            zip(hits.rows, hits.must_verify, strict=True)}  # fmt: skip
    assert told == {"new": False, "hot": True}
    row = next(int(r) for r in hits.rows if live.now.wanted(int(r)).id == "hot")
    assert live.now.weigh(read("BKD5826"), row).level is LeadLevel.ADVICE


def test_an_entry_nobody_verified_for_long_counts_for_less():
    old = wanted(verified_at=AT - timedelta(days=40))
    hits = LiveHotList(MODEL, [old]).now.match(reads_of([read("BKD5826")]))
    assert hits.age_bits[0] < -1


def test_a_change_holds_from_the_next_match_on_and_not_in_what_is_held():
    live = LiveHotList(MODEL, [wanted()])
    before = live.now
    live.apply([wanted().closed()])
    batch = reads_of([read("BKD5826")])
    assert len(before.match(batch)) == 1
    assert len(live.now.match(batch)) == 0
    assert len(live) == 0


def test_a_new_version_takes_the_place_of_the_old_one():
    live = LiveHotList(MODEL, [wanted()])
    assert live.apply([wanted("ABC1235", version=2)]) == 1
    assert plates_found(live, [read("BKD5826"), read("ABC1235")]) == [(1, "ABC1235")]


def test_an_old_stolen_after_recovered_changes_nothing():
    live = LiveHotList(MODEL, [wanted()])
    live.apply([wanted(is_open=False, version=2)])
    assert live.apply([wanted(version=1)]) == 0
    assert plates_found(live, [read("BKD5826")]) == []


HISTORY = st.lists(
    st.builds(
        wanted,
        key=st.sampled_from(["a", "b", "c"]),
        plate=st.sampled_from(["BKD5826", "BKO5B26", "ABC1235", "BKD58??"]),
        version=st.integers(1, 4),
        is_open=st.booleans(),
        colour=st.sampled_from(["white", "black"]),
    ),
    max_size=10,
)


@given(HISTORY, st.randoms(), st.lists(st.integers(1, 4), max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_versions_come_makes_no_difference(history, rng, sizes):
    """AC-02: shuffled, repeated, and in batches of any size."""
    straight = LiveHotList(MODEL)
    for one in sorted(history, key=lambda w: (w.id, w.version)):
        straight.apply([one])
    mixed = [*history, *history[:3]]
    rng.shuffle(mixed)
    shuffled = LiveHotList(MODEL)
    for size in sizes:
        shuffled.apply(mixed[:size])
        mixed = mixed[size:] + mixed[:size]
    shuffled.apply(mixed)
    batch = reads_of([read("BKD5826"), read("ABC1235"), read("BKO5B26")])
    told = []
    for live in (straight, shuffled):
        hits = live.now.match(batch, least_bits=LOW)
        ids = [live.now.wanted(int(row)) for row in hits.rows]
        told.append(sorted(zip(hits.reads.tolist(), map(repr, ids),
                               hits.bits.tolist(), strict=True)))  # fmt: skip
    assert told[0] == told[1]


def test_what_expired_long_ago_goes_and_an_old_version_does_not_bring_it_back():
    live = LiveHotList(MODEL, [wanted()])
    assert live.close_expired(AT + timedelta(days=60)) == 1
    assert live.apply([wanted()]) == 0
    assert plates_found(live, [read("BKD5826")]) == []
    renewed = wanted(version=2, expires_at=AT + timedelta(days=90))
    live.apply([renewed])
    assert plates_found(live, [read("BKD5826")]) == [(0, "BKD5826")]


@given(st.lists(st.tuples(st.integers(0, 30), PLATES, st.booleans()), max_size=60))
@settings(max_examples=20, deadline=None)
def test_many_small_changes_are_as_one_list_made_at_once(changes):
    live, version, latest = LiveHotList(MODEL), 0, {}
    for key, plate, is_open in changes:
        version += 1
        one = wanted(plate, f"{key}", is_open=is_open, version=version)
        latest[one.id] = one
        live.apply([one])
    at_once = LiveHotList(MODEL, latest.values())
    reads = [read(plate) for _, plate, _ in changes]
    found = sorted(plates_found(live, reads, least_bits=-8.0))
    assert found == sorted(plates_found(at_once, reads, least_bits=-8.0))
    assert len(live) == len(at_once)


def test_the_index_is_made_anew_when_most_of_it_is_over():
    live = LiveHotList(MODEL)
    for n in range(100):
        live.apply([wanted(f"ABC{n:04d}", "same", version=n + 1)])
    assert len(live.now.known) < 10
    assert plates_found(live, [read("ABC0099")], least_bits=10.0) == [(0, "ABC0099")]


def test_whoever_matches_meanwhile_sees_all_of_a_change_or_nothing():
    pairs = [wanted("BKD5826", "a"), wanted("ABC1235", "b")]
    live, seen, stop = LiveHotList(MODEL, pairs), set(), threading.Event()
    batch = reads_of([read("BKD5826"), read("ABC1235")])

    def watch():
        while not stop.is_set():
            seen.add(len(live.now.match(batch, least_bits=10.0)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for version in range(2, 400):
        is_open = version % 2 == 0
        live.apply([replace(one, is_open=is_open, version=version) for one in pairs])
    stop.set()
    watcher.join()
    assert seen <= {0, 2}
    assert len(seen) == 2


def test_each_camera_may_have_its_own_table():
    odd = learn([Track(("WABX123",) * 4 + ("WAJX123",) * 4)] * 30)
    live = LiveHotList(MODEL, [wanted("WABX123")], confusions=(DEFAULT, odd))
    batch = reads_of([read("WAJX123")] * 2)
    batch = replace(batch, tables=np.array([0, 1]))
    plain, learned = live.now.match(batch, least_bits=LOW).plate_bits
    assert learned > plain + 2
    rule = weigh_read(read("WAJX123"), wanted("WABX123").as_entry(), MODEL,
                      distance_m=None, confusions=odd)  # fmt: skip
    assert learned == pytest.approx(rule.findings[0].bits, abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(4, 8)), min_size=1))
def test_errors_of_arrays_are_those_of_the_rule(pairs):
    confidences, lengths = zip(*pairs, strict=True)
    expected = [error_of(c, n) for c, n in pairs]
    assert errors_of(confidences, lengths).tolist() == expected
    assert errors_of([np.nan], [7]).tolist() == [error_of(None, 7)]


def test_a_record_and_an_entry_are_each_other():
    one = wanted(owner="10005", report_id="rep")
    assert wanted_of(one.as_entry()) == one
