"""How well names are found again after they were heard, romanised or miswritten.

    python -m benchmarks.test_names                     # retrieval by kind and group
    python -m benchmarks.test_names --half 0            # the half that may be tuned on
    python -m benchmarks.test_names --cases cases.csv   # labelled pairs: F1 and time
    python -m pytest benchmarks/test_names.py           # times each part alone

5,000 people are drawn, then asked for by a changed name; see `benchmarks.names_made`.
A half of the surnames is for tuning and the other for the report. By name alone any
bearer of the very name counts as found; with sex and age, only the person. Sex is wrong
in 2 % and unknown in 10 % of the questions, age is guessed with an error of 6 years.
Of equally good answers a place is shared. ``keys`` is the share found by blocking.

A file of labelled pairs needs columns name1, name2 and is_match, and may have schema,
of which only Person is read.
"""

import argparse
import csv
import random
import sys
import time
from collections import defaultdict
from itertools import islice

import numpy as np
import pytest
from rapidfuzz.distance import JaroWinkler

from benchmarks.names_made import (
    KINDS,
    Person,
    changed,
    dots_changed,
    foreign,
    indigenous,
    people,
    world,
)
from matching.names.blocking import keys
from matching.names.evidence import compare, similarities, similarity
from matching.names.parts import parse

SEED = 20_260_301
N_PEOPLE, N_QUERIES = 5_000, 200
N_OTHERS = 150
TUNED, HELD_OUT = 0, 1
SEX_WEIGHT, AGE_WEIGHT, AGE_CAP = 0.05, 0.003, 0.09
LOCALES = ("en_US", "vi_VN", "id_ID", "fil_PH", "th_TH")


def made(half, n=N_PEOPLE, seed=SEED):
    """Return people, and questions: name asked, place of the person, kind, group."""
    rng = random.Random(seed + half)
    found = world()
    others, wrong = _foreigners(rng)
    crowd = people(found, n, half, rng)
    dotted = indigenous(found, N_OTHERS, half, rng)
    questions = []
    for kind in KINDS:
        some = rng.sample(range(len(crowd)), len(crowd))
        asked = ((changed(found, crowd[at], kind, rng), at) for at in some)
        told = ((one, at, kind, crowd[at].group) for one, at in asked if one)
        questions += list(islice(told, N_QUERIES))
    for person in dotted:
        questions.append((dots_changed(person, rng), len(crowd), "dots", person.group))
        crowd.append(person)
    for person, asked in zip(others, wrong, strict=True):
        questions.append((asked, len(crowd), "foreign", "foreign"))
        crowd.append(person)
    return crowd, questions


def _foreigners(rng):
    from faker import Faker

    fakes = [Faker(one) for one in LOCALES]
    for i, fake in enumerate(fakes):
        fake.seed_instance(i)
    pairs = [foreign(rng, fakes) for _ in range(N_OTHERS)]
    crowd = [
        Person(n, rng.choice("12"), rng.randint(1, 95), "foreign") for n, _ in pairs
    ]
    return crowd, [wrong for _, wrong in pairs]


def shares_of_places(scores, is_right, deepest):
    """Return the chance that a right one is among the first, ties in random order."""
    best = scores[is_right].max()
    if np.isnan(best):
        return 0.0
    n_better = int((scores > best).sum())
    tied = scores == best
    n_tied, n_right = int(tied.sum()), int((tied & is_right).sum())
    room = deepest - n_better
    if room <= 0:
        return 0.0
    missed = 1.0
    for i in range(min(room, n_tied)):
        missed *= max(0, n_tied - n_right - i) / (n_tied - i)
    return 1.0 - missed


def asked_of(person, rng):
    """Return sex and age as somebody who saw the person would tell them."""
    luck = rng.random()
    sex = None if luck < 0.1 else person.sex if luck < 0.98 else "3"
    return sex, person.age + rng.gauss(0, 6)


def report(half, n=N_PEOPLE):
    crowd, questions = made(half, n)
    rng = random.Random(SEED)
    names = [person.name for person in crowd]
    blocks = [keys(name) for name in names]
    sexes = np.array([person.sex for person in crowd])
    ages = np.array([person.age for person in crowd], dtype=float)
    told = defaultdict(list)
    unique = sorted(set(names))
    place = {name: i for i, name in enumerate(unique)}
    places = np.array([place[name] for name in names])
    for asked, at, kind, group in questions:
        likeness = np.nan_to_num(similarities(asked, unique), nan=0.0)[places]
        sex, age = asked_of(crowd[at], rng)
        differs = (sexes != sex) * SEX_WEIGHT * (sex is not None)
        both = likeness - differs - np.minimum(AGE_CAP, AGE_WEIGHT * abs(ages - age))
        right = places == places[at]
        alone = np.arange(len(names)) == at
        row = (
            *(shares_of_places(likeness, right, deepest) for deepest in (1, 3)),
            *(shares_of_places(both, alone, deepest) for deepest in (1, 3)),
            float(bool(_narrow(keys(asked)) & _narrow(blocks[at]))),
        )
        for label in (kind, f"group {group}", *_sums(kind)):
            told[label].append(row)
    return told


def _narrow(found):
    return {key for key in found if not key.startswith("one:")}


def _sums(kind):
    if kind in ("homophone", "variant"):
        return ("= homophone and variant",)
    return ("= romanised",) if kind in ("hanyu", "wade", "tongyong", "second") else ()


def best_f1(scores, truth):
    """Return the best F1 of any threshold, and the threshold."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + truth.sum())
    ends = np.append(np.diff(scores[order]) != 0, True)
    at = int(np.argmax(np.where(ends, f1, 0)))
    return float(f1[at]), float(scores[order][at])


def cases(path):
    """Read labelled pairs of persons."""
    with open(path, encoding="utf-8", newline="") as lines:
        rows = [
            r for r in csv.DictReader(lines) if r.get("schema", "Person") == "Person"
        ]
    pairs = [(row["name1"], row["name2"]) for row in rows]
    return pairs, np.array([row["is_match"].strip().lower() == "true" for row in rows])


def report_cases(path, out):
    pairs, truth = cases(path)
    rivals = {"names": similarity, "JaroWinkler": JaroWinkler.similarity}
    for name, function in rivals.items():
        scores = np.array([function(*pair) or 0.0 for pair in pairs])
        start = time.process_time()
        for pair in pairs:
            function(*pair)
        spent = (time.process_time() - start) / len(pairs) * 1e6
        f1, at = best_f1(scores, truth)
        out.write(f"{name:12} F1 {f1:.3f} at {at:.3f}, {spent:.1f} us a pair\n")
    out.write(f"{len(pairs)} pairs of persons, {int(truth.sum())} of one person\n")


def main(arguments, out=sys.stdout):
    reader = argparse.ArgumentParser()
    reader.add_argument("--half", type=int, choices=(TUNED, HELD_OUT), default=HELD_OUT)
    reader.add_argument("--people", type=int, default=N_PEOPLE)
    reader.add_argument("--cases")
    chosen = reader.parse_args(arguments)
    if chosen.cases:
        report_cases(chosen.cases, out)
        return
    told = report(chosen.half, chosen.people)
    out.write(f"{'':26}{'n':>5}  name: top 1  top 3   +sex, age: top 1  top 3   keys\n")
    for label, rows in told.items():
        one, three, one_more, three_more, found = np.mean(rows, axis=0)
        out.write(
            f"{label:26}{len(rows):5}  {one:12.3f} {three:6.3f}  {one_more:17.3f} "
            f"{three_more:6.3f} {found:6.3f}\n"
        )


PAIRS = {
    "han": ("黃秀琴", "王秀勤"),
    "other": ("黃秀琴", "陳志明"),
    "romanised": ("Huang Hsiu-chin", "黃秀琴"),
    "latin": ("John Adam Smith", "Jon Adams Smyth"),
    "dotted": ("尤哈尼．伊斯卡卡夫特", "瓦歷斯‧諾幹"),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
def test_compare(benchmark, pair):
    left, right = map(parse, pair)
    benchmark(compare, left, right)


def test_parse(benchmark):
    benchmark(parse.__wrapped__, "林黃秀琴")


def test_names_are_found_again():
    told = report(HELD_OUT, 1_000)
    one, three, *_ = np.mean(told["= homophone and variant"], axis=0)
    assert (one >= 0.85, three >= 0.95) == (True, True)


if __name__ == "__main__":
    main(sys.argv[1:])
