"""How fast reads are held against the hot list, beside dictionaries and edit distances.

    python -m benchmarks.test_hot_list            # 100,000 and a million entries
    python -m benchmarks.test_hot_list --quick    # 10,000: does all of it work?
    python -m pytest benchmarks/test_hot_list.py  # times ours alone

Invented plates of the forms in use; of the reads one in a thousand is of a wanted
vehicle, three in a hundred have one wrong character, half of them a look-alike. Finds
are counted where they differ: exact ways find exact readings, others any one edit, ours
what is likely enough to be the vehicle, by plate, type and colour. Ours is timed at two
thresholds: where misreads add a tenth to the false alerts that exact readings of
strangers bring, which no threshold takes away, and at the model's own lead, 0 bits.
Every way is timed once in each round, in an order that changes; the median counts, in
seconds of all cores: the ways use one.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from time import process_time

import numpy as np
import pytest

from data.plate_codes import encode
from matching.alerts import alert_curve
from matching.confusions import ALPHABET, LIKELY
from matching.forms import FORMS
from matching.hot_tables import numbers
from matching.hotlist import LiveHotList
from matching.hotview import HotReads, errors_of
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.model import read_model
from matching.wanted import Wanted

SEED = 20_260_301
ROUNDS = 5
SIZES = (100_000, 1_000_000)
STREAM = 40_000
BATCHES = (1_000, 10_000)
AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
MODEL = read_model()


def vehicles(n, rng):
    """Plates, types and colours by the shares of the forms, in any order, some twice.

    A form is carried by its own types; a taxi is as yellow as others are.
    """
    shares = np.array([form.share for form in FORMS])
    counts = rng.multinomial(n, shares / shares.sum())
    plates, types = [], []
    for form, count in zip(FORMS, counts.tolist(), strict=True):
        columns = [rng.choice(list(allowed), count) for allowed in form.places]
        plates += ["".join(one) for one in zip(*columns, strict=True)]
        types.append(drawn("type", count, rng, form.vehicles))
    order = rng.permutation(n)
    colours = drawn("colour", n, rng)
    return np.array(plates)[order], np.concatenate(types)[order], colours


def drawn(name, n, rng, words=()):
    shares = MODEL.comparisons[name].shares
    shares = {word: shares[word] for word in words or shares}
    chances = np.array(list(shares.values()))
    return rng.choice(list(shares), n, p=chances / chances.sum())


def wanted(n, rng):
    columns = (*(column.tolist() for column in vehicles(n, rng)), (rng.random(n) * 30))
    return [
        Wanted(
            id=str(row),
            plate=plate,
            since=AT - timedelta(days=days),
            verified_at=AT,
            expires_at=AT + timedelta(days=30),
            type=kind,
            colour=colour,
        )
        for row, (plate, kind, colour, days) in enumerate(zip(*columns, strict=True))
    ]


def misread(plate, rng):
    at = int(rng.integers(len(plate)))
    others = LIKELY[plate[at]] if rng.random() < 0.5 else ALPHABET
    return plate[:at] + others[int(rng.integers(len(others)))] + plate[at + 1 :]


def stream(n, listed, rng):
    """Readings, and the columns of them."""
    readings, types, colours = (column.tolist() for column in vehicles(n, rng))
    for row in np.flatnonzero(rng.random(n) < 0.001).tolist():
        one = listed[int(rng.integers(len(listed)))]
        readings[row], types[row], colours[row] = one.plate, one.type, one.colour
    for row in np.flatnonzero(rng.random(n) < 0.03).tolist():
        readings[row] = misread(readings[row], rng)
    confidences = np.round(rng.beta(12, 1.5, n), 2)
    reads = HotReads(
        codes=encode(readings),
        at_us=np.full(n, int(AT.timestamp() * 1e6)),
        errors=errors_of(confidences, [len(reading) for reading in readings]),
        types=numbers(types, TYPE_NUMBERS),
        colours=numbers(colours, COLOUR_NUMBERS),
    )
    return readings, reads


def part(reads, rows):
    return HotReads(
        reads.codes[rows], reads.at_us[rows], reads.errors[rows], reads.types[rows],
        reads.colours[rows],
    )  # fmt: skip


def in_batches(match, n, size):
    return lambda: sum(
        match(slice(start, min(start + size, n))) for start in range(0, n, size)
    )


def ours(view, reads, least_bits):
    return lambda rows: len(view.match(part(reads, rows), least_bits=least_bits))


def by_dict(listed, readings):
    known = {one.plate: row for row, one in enumerate(listed)}
    return lambda rows: sum(reading in known for reading in readings[rows])


def by_searchsorted(listed, reads):
    known = np.unique(encode([one.plate for one in listed]))

    def match(rows):
        codes = reads.codes[rows]
        at = np.minimum(np.searchsorted(known, codes), known.size - 1)
        return int((known[at] == codes).sum())

    return match


def by_symspell(listed, readings):
    from symspellpy import SymSpell, Verbosity

    spell = SymSpell(max_dictionary_edit_distance=1, prefix_length=8)
    for one in listed:
        spell.create_dictionary_entry(one.plate, 1)
    return lambda rows: sum(
        bool(spell.lookup(reading, Verbosity.TOP, max_edit_distance=1))
        for reading in readings[rows]
    )


def by_rapidfuzz(listed, readings):
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    known = [one.plate for one in listed]

    def match(rows):
        metres = cdist(readings[rows], known, scorer=Levenshtein.distance,
                       score_cutoff=1, dtype=np.uint8)  # fmt: skip
        return int((metres <= 1).any(axis=1).sum())

    return match


def timed(calls, rounds):
    rng, seconds = np.random.default_rng(SEED), {name: [] for name in calls}
    found = {name: call() for name, call in calls.items()}
    for _ in range(rounds):
        for name in rng.permutation(list(calls)):
            began = process_time()
            calls[name]()
            seconds[name].append(process_time() - began)
    return {name: float(np.median(taken)) for name, taken in seconds.items()}, found


def ways(listed, view, readings, reads, is_large):
    """Each way: what it finds, how it matches, of how many reads, in which batches."""
    curve = alert_curve(view)
    high = curve.threshold_for(
        alerts_per_day=1.1 * curve.exact_per_read, reads_per_day=1.0
    )
    n = len(readings)
    found = {
        f"ours, {high:+.1f} bits": ("likely", ours(view, reads, high), n),
        "ours, 0 bits": ("likely", ours(view, reads, 0.0), n // 4),
        "dict": ("exact", by_dict(listed, readings), n),
        "numpy searchsorted": ("exact", by_searchsorted(listed, reads), n),
    }
    if not is_large:
        found["symspellpy"] = ("one edit", by_symspell(listed, readings), n // 8)
    found["rapidfuzz cdist"] = ("one edit", by_rapidfuzz(listed, readings), 32)
    return found


def section(size, rounds, n):
    rng = np.random.default_rng(SEED)
    listed = wanted(size, rng)
    began = process_time()
    live = LiveHotList(MODEL, listed)
    built_s = process_time() - began
    readings, reads = stream(n, listed, rng)
    found = ways(listed, live.now, readings, reads, size >= SIZES[-1])
    calls, counts = {}, {}
    for name, (_, match, many) in found.items():
        for batch in BATCHES:
            calls[name, batch] = in_batches(match, many, batch)
            counts[name, batch] = many
    keys = {str(key): key for key in calls}
    seconds, hits = timed({name: calls[key] for name, key in keys.items()}, rounds)
    rows = [
        f"### {size:,} entries, built in {built_s:.1f} s",
        "",
        "| way | finds | batch 1,000: reads/s | batch 10,000 | of 1,000 reads |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for name, (what, _, many) in found.items():
        rates = [many / seconds[str((name, batch))] for batch in BATCHES]
        share = 1000 * hits[str((name, BATCHES[0]))] / many
        rows.append(
            f"| {name} | {what} | {rates[0]:,.0f} | {rates[1]:,.0f} | {share:.2f} |"
        )
    return [*rows, "", *changes(live, listed, reads, rng)]


def changes(live, listed, reads, rng):
    """One look-up at a time, and one change at a time."""
    view, several = live.now, 300
    singles = [part(reads, slice(row, row + 1)) for row in range(several)]
    for one in singles[:3]:
        view.match(one, least_bits=10.0)
    began = process_time()
    for one in singles:
        view.match(one, least_bits=10.0)
    each_us = 1e6 * (process_time() - began) / several
    chosen = [
        listed[int(row)].closed() for row in rng.integers(0, len(listed), several)
    ]
    began = process_time()
    for one in chosen:
        live.apply([one])
    change_us = 1e6 * (process_time() - began) / several
    return [
        f"One read at a time: {each_us:,.0f} µs, {1e6 / each_us:,.0f} a second. "
        f"One entry cancelled: {change_us:,.0f} µs.",
        "",
    ]


def told(sizes, rounds, n):
    names = ("numpy", "numba", "symspellpy", "rapidfuzz")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    lines = [line for size in sizes for line in section(size, rounds, n)]
    return "\n".join([f"{versions}; {rounds} rounds, one thread", "", *lines])


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few entries and rounds")
    quick = parser.parse_args().quick
    text = told((10_000,), 1, 4_000) if quick else told(SIZES, ROUNDS, STREAM)
    sys.stdout.write(text + "\n")


@pytest.mark.parametrize("size", [1_000, 10_000], ids=["batch-1k", "batch-10k"])
def test_reads_against_100_000_entries(benchmark, size):
    rng = np.random.default_rng(SEED)
    listed = wanted(100_000, rng)
    view = LiveHotList(MODEL, listed).now
    reads = stream(size, listed, rng)[1]
    benchmark(lambda: view.match(reads, least_bits=8.0))


if __name__ == "__main__":
    main()
