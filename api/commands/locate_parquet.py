"""Parquet in and out for `lianfang locate`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow
import pyarrow.parquet
from numpy.typing import NDArray

from api.commands.locate_columns import Answer, Asked, Count, Locator
from api.commands.locate_progress import Progress
from data.errors import FileRefused
from data.importers.csv_rows import number_of
from geo.boundaries import Boundaries, Layer
from geo.places import NOTES

ROWS = 100_000
"""So many are read at a time, and written as one row group."""


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file, opened; ``size`` is in bytes."""

    name: str
    size: int
    file: Any

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self.file.schema_arrow.names)

    def write(
        self, to: BinaryIO, columns: Sequence[str], locator: Locator, shown: Progress
    ) -> Count:
        """Write every row with its answer; see `api.commands.locate_csv.CsvTable`."""
        count, schema = Count(), _schema(self.file.schema_arrow, locator)
        all_rows = max(self.file.metadata.num_rows, 1)
        with pyarrow.parquet.ParquetWriter(to, schema) as writer:
            for batch in self.file.iter_batches(ROWS):
                values = [_numbers(batch.column(name)) for name in columns]
                answer = locator.answer(np.stack(values))
                added = _arrays(answer, locator.boundaries, locator.asked)
                arrays = [*batch.columns, *added]
                writer.write_batch(
                    pyarrow.RecordBatch.from_arrays(arrays, schema=schema)
                )
                count.add(answer)
                shown(count.rows, self.size * count.rows // all_rows)
        return count


def is_parquet(file: Path) -> bool:
    """Say whether a file is Parquet by its name."""
    return file.suffix.lower() == ".parquet"


@contextmanager
def open_parquet(file: Path) -> Iterator[ParquetTable]:
    """Open a Parquet file.

    Raises
    ------
    FileRefused
        It cannot be read, or not to its end.
    """
    try:
        size = file.stat().st_size
        with pyarrow.parquet.ParquetFile(file) as opened:
            yield ParquetTable(str(file), size, opened)
    except (OSError, pyarrow.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileRefused(str(file), f"cannot be read ({reason})") from error


def _schema(schema: Any, locator: Locator) -> Any:  # noqa: ANN401
    nothing = locator.answer(np.empty((3, 0)))
    arrays = _arrays(nothing, locator.boundaries, locator.asked)
    for name, array in zip(locator.asked.names, arrays, strict=True):
        schema = schema.append(pyarrow.field(name, array.type))
    return schema


def _numbers(column: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Give a column as floats; texts as `float` reads them, NaN for what is none."""
    kind = column.type
    if pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind):
        found: NDArray[np.float64] = column.cast(
            pyarrow.float64(), safe=False
        ).to_numpy(zero_copy_only=False)
        return found
    texts = ("" if value is None else str(value) for value in column.to_pylist())
    return np.fromiter(map(number_of, texts), dtype=np.float64, count=len(column))


def _arrays(answer: Answer, boundaries: Boundaries, asked: Asked) -> list[Any]:
    """Give the added columns in the order of `Asked.names`."""
    layers = (boundaries.county, boundaries.town, boundaries.village)
    arrays = []
    for level, layer in zip(asked.levels, layers, strict=False):
        arrays += _named(layer, answer.leads_at(level))
    arrays.append(_nullable(answer.border_m))
    if asked.neighbour:
        arrays += _named(boundaries.county, answer.behind)
    if asked.wants_share:
        arrays.append(_nullable(answer.share))
    notes = [note.value for note in NOTES]
    return [*arrays, _coded(answer.leads.note, notes)]


def _named(layer: Layer | None, index: NDArray[np.integer]) -> list[Any]:
    if layer is None:
        return [_coded(index, []), _coded(index, [])]
    return [_coded(index, layer.codes.tolist()), _coded(index, layer.names.tolist())]


def _coded(index: NDArray[np.integer], texts: list[str]) -> Any:  # noqa: ANN401
    """Give a column of texts by their numbers, null for -1."""
    signed = index.astype(np.int32)
    numbers = pyarrow.array(signed, mask=signed < 0)
    words = pyarrow.array(texts, pyarrow.string())
    return pyarrow.DictionaryArray.from_arrays(numbers, words)


def _nullable(values: NDArray[np.float64]) -> Any:  # noqa: ANN401
    return pyarrow.array(values, from_pandas=True)
