"""How many wanted plates are found, beside the best that anybody could find.

    python -m benchmarks.test_recall            # 5,000 wanted, 400,000 reads of others
    python -m benchmarks.test_recall --quick    # few of both: does all of it work?

The stream is that of `lianfang evaluate`: the scenario's vehicles and misreads, which
the matcher's model does not know. The best observer knows every number by which the
stream was made (shares of generations and types, what is taken for what; the error of
a character in the mean, not at the edges) and ranks pairs by the likelihood ratio,
which by Neyman and Pearson (1933) finds the most at as many false alerts. Only what
one read says is used: no other camera, no time, no place.
"""

import argparse
import random
import sys
from collections import defaultdict
from functools import lru_cache
from math import log2

import numpy as np

from api.commands import evaluate
from api.commands.evaluate import PER, Asked, Errors, Vehicles
from data.plate_codes import decode
from data.scenario import misreads, plates, vehicles
from matching.confusions import ALPHABET, Confusions
from matching.hotlist import LiveHotList
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.misreads import Misreads
from matching.model import read_model

SEED = 20_260_301
WRONG = (0.05, 0.1)
DEEPEST = -16.0
N_WANTED_READS = 20_000
RIGHT = 0.9
TYPES = {number: word for word, number in TYPE_NUMBERS.items()}
COLOURS = {number: word for word, number in COLOUR_NUMBERS.items()}


class Places:
    """Which characters may stand where: all that `Misreads` asks of a form."""

    def __init__(self, places):
        self.places = places


def true_confusions():
    """What the stream's cameras take for what."""
    replaced = {}
    for true in ALPHABET:
        alike, others = misreads.CONFUSED.get(true, {}), set(misreads.CHARACTERS)
        row = dict.fromkeys((one for one in ALPHABET if one != true), 1e-9)
        for seen in others - {true}:
            row[seen] += misreads.ANYTHING / len(others - {true})
        for seen, weight in alike.items():
            row[seen] += (1 - misreads.ANYTHING) * weight / sum(alike.values())
        replaced[true] = {
            seen: share / sum(row.values()) for seen, share in row.items()
        }
    return Confusions(replaced, misreads.DROPPED, misreads.ADDED)


def generations():
    """How often one plate of each shape passes, by type of vehicle."""
    often = defaultdict(dict)
    total = sum(vehicles.TYPES.values())
    for kind, share in vehicles.TYPES.items():
        of_kind = sum(one.shares.get(kind, 0) for one in plates.GENERATIONS)
        for one in plates.GENERATIONS:
            places = tuple(plates.SLOTS.get(s, s) for s in one.slots if s != "-")
            size = np.prod([len(allowed) for allowed in places])
            if one.shares.get(kind):
                part = share / total * one.shares[kind] / of_kind / size
                often[places][kind] = often[places].get(kind, 0.0) + part
    return [(Places(places), by_kind) for places, by_kind in often.items()]


def told(neighbours, true):
    """P(told | true), of types or of colours."""
    wrong = neighbours.get(true, ())
    return {true: RIGHT if wrong else 1.0} | {
        one: (1 - RIGHT) / len(wrong) for one in wrong
    }


class Best:
    """The likelihood ratio of a pair, with the numbers of the stream itself."""

    def __init__(self, wrong):
        self.misreads = Misreads(wrong, true_confusions())
        self.shapes = generations()
        self.types = {w: told(vehicles.TYPE_NEIGHBOURS, w) for w in vehicles.TYPES}
        self.colours = {w: told(vehicles.NIGHT_COLOURS, w) for w in vehicles.COLOURS}
        self.of_shapes = lru_cache(None)(self._of_shapes)
        self.anyone = lru_cache(None)(self._anyone)

    def _of_shapes(self, reading):
        return [self.misreads._of_form(reading, shape) for shape, _ in self.shapes]

    def _painted(self, colour, kind):
        if kind == "taxi":
            return self.colours["yellow"].get(colour, 0.0)
        total = sum(vehicles.COLOURS.values())
        parts = vehicles.COLOURS.items()
        return sum(n / total * self.colours[w].get(colour, 0.0) for w, n in parts)

    def _anyone(self, reading, kind, colour):
        total = 0.0
        for (_, by_kind), chance in zip(
            self.shapes, self.of_shapes(reading), strict=True
        ):
            for true, often in by_kind.items():
                looks = self.types[true].get(kind, 0.0) * self._painted(colour, true)
                total += often * chance * looks
        return total

    def bits(self, reading, kind, colour, vehicle):
        plate = vehicle.plate.replace("-", "")
        m = self.misreads.reading(reading, plate)
        m *= self.types[vehicle.type].get(kind, 0.0)
        m *= self.colours[vehicle.colour].get(colour, 0.0)
        own = sum(
            by_kind.get(vehicle.type, 0.0)
            for shape, by_kind in self.shapes
            if len(shape.places) == len(plate)
            and all(c in s for c, s in zip(plate, shape.places, strict=True))
        )
        others = self.anyone(reading, kind, colour) - m * own
        return log2(m / max(others, 1e-18)) if m > 0 else -np.inf


def best(asked, wrong):
    """Recall of the best observer, by false alerts per 10,000 reads."""
    rng, chance = np.random.default_rng(asked.seed), random.Random(asked.seed)
    made = evaluate._vehicles(asked.entries + asked.reads, asked.vehicles, chance)
    wanted, others = made[: asked.entries], made[asked.entries :]
    observer = Best(wrong)
    table = observer.misreads.confusions
    view = LiveHotList(read_model(), evaluate._wanted(wanted), confusions=(table,)).now

    def ranked(seen, whose=None):
        hits = view.match(seen, least_bits=DEEPEST)
        readings, found = decode(seen.codes), []
        for at, row, exact in zip(hits.reads, hits.rows, hits.is_exact, strict=True):
            own = int(view.wanted(int(row)).id)
            if whose is None or own == whose[at]:
                looks = TYPES[seen.types[at]], COLOURS[seen.colours[at]]
                bits = observer.bits(str(readings[at]), *looks, wanted[own])
                found.append(np.inf if exact else bits)
        return np.array(found)

    whose = rng.integers(0, asked.entries, N_WANTED_READS)
    seen = [wanted[row] for row in whose.tolist()]
    right = ranked(evaluate._seen(seen, asked, wrong, rng), whose)
    false = ranked(evaluate._seen(others, asked, wrong, rng))

    def recall(per_10k):
        most = int(per_10k * asked.reads / PER)
        least = np.sort(false)[::-1][most] if most < false.size else -np.inf
        return float((right > least).sum()) / N_WANTED_READS

    return recall


def ours(asked, wrong):
    rows = evaluate.measured(asked, wrong)

    def recall(per_10k):
        return max(
            (row.recall for row in rows if row.false_per_10k <= per_10k), default=0.0
        )

    return recall


def table(entries, reads, tracks):
    limits = (0.3, 1.0, 3.0, 10.0)
    head = " | ".join(f"{limit:g} false" for limit in limits)
    lines = [
        f"{entries:,} wanted, {reads:,} reads of others; types and colours right "
        f"{RIGHT:.0%}; recall by false alerts per 10,000 reads.",
        "",
        f"| wrong per character | by | {head} |",
        "| ---: | --- |" + " ---: |" * len(limits),
    ]
    for wrong in WRONG:
        ways = {
            "ours, built-in confusions": (ours, 0),
            f"ours, confusions learned from {tracks:,} vehicles": (ours, tracks),
            "the best observer": (best, 0),
        }
        for name, (way, learned) in ways.items():
            asked = Asked(
                entries, reads, Errors.SCENARIO, Vehicles.SCENARIO, learned, RIGHT, SEED
            )
            recall = way(asked, wrong)
            found = " | ".join(f"{recall(limit):.1%}" for limit in limits)
            lines.append(f"| {wrong:.0%} | {name} | {found} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few entries and reads")
    quick = parser.parse_args().quick
    sizes = (500, 20_000, 300) if quick else (5_000, 400_000, 3_000)
    sys.stdout.write(table(*sizes) + "\n")


if __name__ == "__main__":
    main()
