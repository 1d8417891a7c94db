"""One found person against all open reports of missing ones, by the model of persons.

    python -m benchmarks.test_persons           # some three minutes
    python -m benchmarks.test_persons --quick   # does it work?
    python -m pytest benchmarks/test_persons.py # the quick one, as a test

Made-up persons of a seed that the model was not trained on; half of the found say no
name. Once those that a blocking rule brings, once every open report.
"""

import argparse
import sys
import time

import numpy as np
import shapely

from data.bundled import load_boundaries
from matching.linkage.live import Live
from matching.persons.made import made_persons
from matching.persons.model import person_model

SIZES = (2_000, 20_000)
ASKED = 200
MOST = 10
LOWEST = -1000.0
HEAD = (
    "| open reports | weighed | first | first 3 | first 10 | with a name: first | "
    "first 3 | p50 ms | p95 ms |\n|--:|---|--:|--:|--:|--:|--:|--:|--:|\n"
)


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="300 open reports")
    sizes = (300,) if parser.parse_args().quick else SIZES
    sys.stdout.write(HEAD + "".join(row for n in sizes for row in rows(n)))
    return 0


def rows(n):
    """Give a row for each way to look among so many open reports."""
    villages = load_boundaries().village
    points = shapely.point_on_surface(villages.shapes)
    places = {"lng": shapely.get_x(points), "lat": shapely.get_y(points)}
    made = made_persons(n, 2 * ASKED, seed=5, **places)
    missing, found = (records(one) for one in (made.missing, made.found))
    live = Live(person_model())
    live.add(missing)
    for every, told in ((False, "by the rules"), (True, "every one")):
        places, named, spent = [], [], []
        for row, here in made.pairs[:ASKED].tolist():
            asked = found[f"found-{here}"]
            start = time.perf_counter()
            hits = live.find(asked, most=MOST, least_bits=LOWEST, every=every)
            spent.append(time.perf_counter() - start)
            ids = [hit.id for hit in hits]
            wanted = f"missing-{row}"
            places.append(ids.index(wanted) if wanted in ids else MOST)
            named.append("name" in asked)
        yield line(n, told, np.array(places), np.array(named), np.array(spent))


def line(n, told, places, named, spent):
    """Write a row of the table."""
    shares = [(places < most).mean() for most in (1, 3, 10)]
    shares += [(places[named] < most).mean() for most in (1, 3)]
    ms = np.percentile(spent, (50, 95)) * 1e3
    figures = [f"{share:.1%}" for share in shares] + [f"{one:.1f}" for one in ms]
    return f"| {n:,} | {told} | {' | '.join(figures)} |\n"


def records(columns):
    """Return the rows of a made table by id, without what is missing."""
    names = [name for name in columns if name not in ("id", "name_group")]
    return {
        id_: {name: columns[name][row] for name in names if columns[name][row]}
        for row, id_ in enumerate(columns["id"])
    }


def test_quick():
    by_rules, every = (line.split(" | ") for line in rows(300))
    assert float(every[3].rstrip("%")) >= float(by_rules[3].rstrip("%"))
    assert float(every[6].rstrip("%")) > 85


if __name__ == "__main__":
    sys.exit(main())
