r"""Write made-up thefts and found vehicles as tables; nobody's car is in them.

    python -m tools.made_thefts OUT --thefts 20000 --seed 1
    lianfang train OUT/thefts.csv --truth incident --out incident.json \
        --model matching/models/linkage/incident.begun.json
    lianfang train OUT/thefts.csv OUT/found.csv --truth incident --out vehicle.json \
        --model matching/models/linkage/vehicle.begun.json

The column ``incident`` is equal in rows of one theft. ``matching/models/linkage/`` has
what these lines make, with these numbers.
"""

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely

from data.bundled import load_boundaries
from matching.thefts.columns import COLUMNS
from matching.thefts.made import made_thefts


def main() -> int:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--thefts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    villages = load_boundaries().village
    if villages is None:
        sys.exit("the boundaries have no villages")
    points = shapely.point_on_surface(villages.shapes)
    lng, lat = shapely.get_x(points), shapely.get_y(points)
    made = made_thefts(asked.thefts, lng=lng, lat=lat, seed=asked.seed)
    asked.out.mkdir(parents=True, exist_ok=True)
    _write(asked.out / "thefts.csv", "theft", made.thefts, made.incident)
    _write(asked.out / "found.csv", "found", made.found, made.of)
    return 0


def _write(
    path: Path,
    name: str,
    rows: Sequence[Mapping[str, str]],
    incidents: Sequence[str | None],
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("id", *COLUMNS, "incident"))
        for number, (row, incident) in enumerate(zip(rows, incidents, strict=True)):
            told = (row.get(column) for column in COLUMNS)
            lines.writerow((f"{name}-{number}", *told, incident or ""))


if __name__ == "__main__":
    sys.exit(main())
