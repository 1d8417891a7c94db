"""Print what becomes of the public files in a folder, as a Markdown table.

``python tools/import_table.py FOLDER`` reads every file it knows the kind of; it
keeps nothing. The table in ``docs/importing.md`` was printed by it.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from data.bundled import load_boundaries
from data.importers.parsed import LoadKind, Options, Parsed
from data.importers.reading import parse_file

KNOWN = (
    ("police_stations*.csv", LoadKind.STATIONS),
    ("speed_cameras*.csv", LoadKind.CAMERAS),
    ("speed_cameras*.json", LoadKind.CAMERAS),
    ("atm_points*.csv", LoadKind.ATMS),
    ("etc_gantries*.csv", LoadKind.CAMERAS),
    ("taipei_cctv*.csv", LoadKind.CAMERAS),
    ("cctv_water/*.json", LoadKind.CAMERAS),
    ("taipei_theft/*.csv", LoadKind.REPORTS),
)
"""Which files are of which kind, by their path in the folder."""

HEADER = (
    "| file | kind | rows read | loaded | duplicate | quarantined | repaired |\n"
    "| --- | --- | ---: | ---: | ---: | --- | --- |"
)


def found(folder: Path) -> Iterator[tuple[Path, LoadKind]]:
    """Give the known files of a folder, in the order of the table."""
    for pattern, kind in KNOWN:
        for path in sorted(folder.glob(pattern)):
            yield path, kind


def line(parsed: Parsed) -> str:
    """Write the line of one file."""
    reasons = Counter(refusal.code for refusal in parsed.refused)
    cells = (
        f"`{parsed.file}`",
        parsed.kind,
        f"{parsed.rows:,}" + (f" (+ {parsed.blank:,} blank)" if parsed.blank else ""),
        f"{len(parsed.records):,}",
        f"{parsed.duplicate:,}",
        _counts(len(parsed.refused), reasons.most_common()),
        _counts(None, sorted(parsed.repairs.items())),
    )
    return f"| {' | '.join(cells)} |"


def _counts(total: int | None, counts: list[tuple[str, int]]) -> str:
    told = ", ".join(f"{name} {count:,}" for name, count in counts)
    if total is None:
        return told
    return f"{total:,}: {told}" if told else "0"


def main() -> None:
    """Read the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    boundaries, at = load_boundaries(), datetime.now(UTC)
    print(HEADER)
    for path, kind in found(folder):
        parsed = parse_file(path, kind, options=Options(), boundaries=boundaries, at=at)
        print(line(parsed))


if __name__ == "__main__":
    main()
