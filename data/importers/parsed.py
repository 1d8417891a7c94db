"""What goes into reading a file and what comes out of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.errors import RowRefused
from data.records import Provenance, content_id
from data.text import place_name
from geo.boundaries import Boundaries


class LoadKind(StrEnum):
    """What a file is a list of."""

    CAMERAS = "cameras"
    ATMS = "atms"
    STATIONS = "stations"
    REPORTS = "reports"
    HOTLIST = "hotlist"
    READS = "reads"


NOT_CONTENT = ("provenance", "received_at", "version")
"""Fields that say how we came by a record."""

SITE_KINDS = (LoadKind.CAMERAS, LoadKind.ATMS, LoadKind.STATIONS)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person said of a file; None leaves it to the file.

    ``crs`` holds for every row when given: then no other zone is tried, and no
    pair is turned round. ``lng_col`` and ``lat_col`` are column names, of degrees
    or, with such a ``crs``, of metres east and north.
    """

    crs: str | None = None
    encoding: str | None = None
    lng_col: str | None = None
    lat_col: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written, as far as a single row of it can be read again.

    ``title`` is what stood above the header. ``frame`` is the CRS that the file
    itself states for its geometry.
    """

    format: str
    encoding: str
    delimiter: str = ""
    title: str = ""
    frame: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, with the bytes it was read from.

    ``number`` is the line it starts on; in a JSON array its place, from 1.
    ``fault`` says why its values cannot be used.
    """

    number: int
    raw: bytes
    values: Mapping[str, str]
    fault: RowRefused | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened for reading; ``rows`` can be gone through once.

    A row without any value in it has no values and no fault: it is blank.
    """

    file: str
    sha256: str
    shape: Shape
    header: bytes
    names: tuple[str, ...]
    rows: Iterator[Row]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What every row of a file is read with; ``at`` is the time of loading."""

    boundaries: Boundaries
    at: datetime
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that goes to quarantine, and why."""

    row: Row
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose rows are taken piece by piece; of a pipe, ``sha256`` is a moment."""

    kind: LoadKind
    file: str
    sha256: str
    shape: Shape
    header: bytes
    options: Options


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file was found to hold.

    Attributes
    ----------
    records
        Each id once, in the order of the file; ``row_of`` gives the row of each id.
    duplicate
        Rows that say the same as an earlier row of the file.
    refused
        Rows for quarantine, in the order of the file.
    repairs, notes
        What was mended, with how often; what to know about the whole file.
    rows
        Rows read: ``len(records) + duplicate + len(refused)``. ``blank`` ones are
        not rows.
    """

    kind: LoadKind
    file: str
    sha256: str
    shape: Shape
    header: bytes
    options: Options
    records: tuple[Any, ...]
    row_of: Mapping[str, Row]
    duplicate: int
    refused: tuple[Refusal, ...]
    repairs: Mapping[str, int]
    notes: tuple[str, ...]
    rows: int
    blank: int

    def __post_init__(self) -> None:
        accounted = len(self.records) + self.duplicate + len(self.refused)
        assert self.rows == accounted, f"{self.rows} rows read, {accounted} accounted"


@dataclass(frozen=True, slots=True)
class Made:
    """The records that rows became, and what happened on the way.

    ``records`` pairs each record with its row; several may have one id.
    """

    records: list[tuple[Row, Any]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def refuse(self, row: Row, refused: RowRefused) -> None:
        """Note that a row goes to quarantine."""
        self.refused.append(Refusal(row, refused.code, refused.reason))


def usable_rows(table: Table, made: Made) -> tuple[list[Row], int, int]:
    """Take the rows that have values; faults are noted as refused.

    Returns
    -------
    usable, rows, blank
        The rows to make records of, how many rows there were, and blank ones.
    """
    usable, rows, blank = [], 0, 0
    for row in table.rows:
        if row.fault is not None:
            made.refuse(row, row.fault)
        elif row.values:
            usable.append(row)
        else:
            blank += 1
            continue
        rows += 1
    return usable, rows, blank


def settle(records: Iterable[tuple[Row, Any]]) -> tuple[list[Any], int, list[Refusal]]:
    """Keep one record an id: the same again is a duplicate, else a conflict.

    Returns
    -------
    kept, duplicate, conflicts
        Records with distinct ids, how many rows repeated one, and the rows that
        gave a kept id another content: which is right is not for us to say.
    """
    kept: dict[str, Any] = {}
    duplicate, conflicts = 0, []
    for row, record in records:
        first = kept.setdefault(record.id, record)
        if first is record:
            continue
        if says_the_same(first, record):
            duplicate += 1
        else:
            conflicts.append(Refusal(row, "conflict", conflict_with(first)))
    return list(kept.values()), duplicate, conflicts


def conflict_with(first: Any) -> str:  # noqa: ANN401 - any noun that has provenance
    """Say which kept record a row contradicts."""
    source = first.provenance
    where = f"{source.source} row {source.row}" if source else first.id
    return f"names the same as {where} and says something else of it"


def says_the_same(left: Any, right: Any) -> bool:  # noqa: ANN401 - any noun
    """Compare two records, leaving out how they are spelt, and where we got them.

    台 for 臺 or a full-width digit is no other content.
    """
    return bool(_content(left) == _content(right))


def _content(record: Any) -> Any:  # noqa: ANN401 - any noun
    return {
        name: _spelt_alike(value)
        for name, value in asdict(record).items()
        if name not in NOT_CONTENT
    }


def _spelt_alike(value: Any) -> Any:  # noqa: ANN401 - any value of a noun
    if isinstance(value, str):
        return place_name(value)
    if isinstance(value, Mapping):
        return {key: _spelt_alike(inner) for key, inner in value.items()}
    return value


def provenance(table: Table, row: Row) -> Provenance:
    """Say where a record came from."""
    return Provenance(source=table.file, row=row.number)


def load_id(parsed: Parsed | Source) -> str:
    """Name a load by the file's bytes, its kind and the options given."""
    return content_id("load", parsed.sha256, parsed.kind, parsed.options)
