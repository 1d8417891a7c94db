r"""Write made-up missing and found persons as tables; nobody in them lives.

    python -m tools.made_persons OUT --missing 20000 --found 15000 --seed 1
    lianfang train OUT/missing.csv OUT/found.csv --truth person \
        --model matching/models/linkage/person.begun.json --out person.json

The column ``person`` is equal in rows of one person, ``name_group`` tells the kind of
name; ``--even`` makes the groups equally large, to compare them.
``matching/models/linkage/person.json`` is what the two lines above make, with these
numbers.
"""

import argparse
import csv
import sys
from pathlib import Path

import shapely

from data.bundled import load_boundaries
from matching.persons.made import Columns, made_persons


def main() -> int:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--missing", type=int, default=20_000)
    parser.add_argument("--found", type=int, default=15_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--even", action="store_true", help="groups of equal size")
    asked = parser.parse_args()
    villages = load_boundaries().village
    if villages is None:
        sys.exit("the boundaries have no villages")
    points = shapely.point_on_surface(villages.shapes)
    lng, lat = shapely.get_x(points), shapely.get_y(points)
    made = made_persons(
        asked.missing, asked.found, lng=lng, lat=lat, seed=asked.seed,
        is_even=asked.even,
    )  # fmt: skip
    asked.out.mkdir(parents=True, exist_ok=True)
    person = {k: f"person-{row}" for row, k in made.pairs.tolist()}
    of_missing = [f"person-{row}" for row in range(asked.missing)]
    of_found = [person.get(k, f"stranger-{k}") for k in range(asked.found)]
    _write(asked.out / "missing.csv", made.missing | {"person": of_missing})
    _write(asked.out / "found.csv", made.found | {"person": of_found})
    return 0


def _write(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(columns)
        lines.writerows(zip(*columns.values(), strict=True))


if __name__ == "__main__":
    sys.exit(main())
