"""Reading JSON, NDJSON, GeoJSON and GeoPackage into rows.

Numbers stay the text they were written as. Each row keeps the exact JSON it was
made of; a GeoPackage has none, so its rows are written as GeoJSON features.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from data.errors import FileRefused, RowRefused
from data.importers.files import (
    MAX_FILE,
    MAX_ROW,
    first_bytes,
    name_of,
    raw_lines,
    still_there,
    survey,
    survey_binary,
    survey_document,
    utf16_lines,
    whole_text,
)
from data.importers.parsed import Row, Shape, Table
from data.text import decode_as, fold

GEOMETRY_X = "geometry x"
GEOMETRY_Y = "geometry y"

LISTS = ("features", "records", "data", "results", "result")
"""Where in a JSON object the rows are looked for first."""

MAX_DEPTH = 4
"""How deep in a document the list of rows may be."""

BY_LINE = (".ndjson", ".jsonl", ".geojsonl")

_BLANK = re.compile(r"[ \t\n\r]*")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TWICE = "\x00twice"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        members[_TWICE] = True
    return members


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=str
)


def open_json(
    path: Path, encoding: str | None = None, *, most: int = MAX_FILE
) -> Table:
    """Open JSON: an array, an object that holds one, GeoJSON, or one object a line.

    One with an object a line may have `most` bytes.

    Raises
    ------
    FileRefused
        Not there, too large, not JSON, or without a list of rows.
    """
    first_bytes(path, most=most)
    if is_by_line(path):
        found = survey(path, encoding, most=most)
        is_utf16 = found.encoding.startswith("utf-16")
        lines = utf16_lines(found) if is_utf16 else raw_lines(path)
        rows, frame = _by_line(lines, found.encoding), None
    else:
        found = survey_document(path, encoding)
        rows, frame = _open_document(path, whole_text(found), found.encoding)
    return Table(
        file=name_of(path),
        sha256=found.sha256,
        shape=Shape("json", found.encoding, frame=frame),
        header=b"",
        names=(),
        rows=rows,
        notes=(f"geometry is in {frame}",) if frame else (),
    )


def open_layer(path: Path) -> Table:
    """Open a GeoPackage: its first layer, in the CRS that it states.

    Raises
    ------
    FileRefused
        It cannot be read.
    """
    found = survey_binary(path)
    import geopandas  # half a second that a CSV need not pay for

    try:
        frame = geopandas.read_file(path)
        features = json.loads(frame.to_json(drop_id=True, to_wgs84=False))["features"]
    except Exception as error:  # each driver has errors of its own
        raise FileRefused(str(path), f"cannot be read: {error}") from error
    crs = frame.crs.to_string() if frame.crs else None
    texts = (json.dumps(feature, ensure_ascii=False) for feature in features)
    shape = Shape("json", "utf-8", frame=crs)
    return Table(
        file=name_of(path),
        sha256=found.sha256,
        shape=shape,
        header=b"",
        names=(),
        rows=(
            reread_json(text.encode(), shape, number)
            for number, text in enumerate(texts, 1)
        ),
        notes=(f"geometry is in {crs}",) if crs else (),
    )


def reread_json(raw: bytes, shape: Shape, number: int = 1) -> Row:
    """Read the JSON of one record."""
    try:
        text = decode_as(raw, shape.encoding).removeprefix("\ufeff").strip()
        return Row(number, raw, values_of(_decode(text)))
    except RowRefused as fault:
        return Row(number, raw, {}, fault)


def _decode(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return _DECODER.decode(text)
    except ValueError as error:
        raise RowRefused("not-json", f"is not JSON: {error}") from error
    except RecursionError as error:
        raise RowRefused("not-json", "is nested too deeply") from error


def is_by_line(path: Path) -> bool:
    """Say whether a file of JSON has an object a line, by its name or its beginning."""
    if path.suffix.lower() in BY_LINE:
        return True
    with still_there(path), path.open("rb") as file:
        lines = [file.readline(MAX_ROW).strip() for _ in range(2)]
    return all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


def _by_line(numbered: Iterable[tuple[int, bytes]], encoding: str) -> Iterator[Row]:
    shape = Shape("json", encoding)
    for number, raw in numbered:
        is_blank = not raw.replace(b"\x00", b"").strip()
        yield Row(number, raw, {}) if is_blank else reread_json(raw, shape, number)


def _open_document(
    path: Path, text: str, encoding: str
) -> tuple[Iterator[Row], str | None]:
    try:
        start = _find_list(text, _skip(text, 0))
        frame = _stated_crs(text)
    except ValueError as error:
        raise FileRefused(str(path), f"is not JSON that can be read: {error}") from None
    except RecursionError:
        raise FileRefused(str(path), "is JSON nested too deeply to be rows") from None
    if start is None:
        raise FileRefused(
            str(path), "holds no list of records: give an array of objects"
        )
    return _element_rows(path, text, start, encoding), frame


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _find_list(text: str, at: int, depth: int = 0) -> int | None:
    """Give the position of the array that holds the rows."""
    if text[at : at + 1] == "[":
        return at
    if text[at : at + 1] != "{":
        raise ValueError("neither an array nor an object")
    starts = {key: start for key, start, _ in _members(text, at)}
    arrays = [key for key, start in starts.items() if text[start] == "["]
    for key in LISTS:
        if key in arrays:
            return starts[key]
    if len(arrays) == 1:
        return starts[arrays[0]]
    for key in LISTS:
        if key in starts and text[starts[key]] == "{" and depth < MAX_DEPTH:
            return _find_list(text, starts[key], depth + 1)
    return None


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Give each key of the object at a position, and where its value is."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _expect(text, at, ":"))
        _, end = _DECODER.raw_decode(text, start)
        yield str(key), start, end
        at = _next_one(text, end, "}")


def _elements(text: str, at: int) -> Iterator[tuple[int, int, Any]]:
    """Give each element of the array at a position, and where it is."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield at, end, value
        at = _next_one(text, end, "]")


def array_elements(text: str) -> Iterator[str]:
    """Give each element of a JSON array as it is written.

    Raises
    ------
    ValueError, RecursionError
        Not an array, or nested too deeply to be rows.
    """
    start = _skip(text, 0)
    for first, end, _ in _elements(text, start):
        yield text[first:end]


def _next_one(text: str, end: int, closing: str) -> int:
    at = _skip(text, end)
    if text[at : at + 1] == closing:
        return at
    return _skip(text, _expect(text, at, ","))


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"expecting {mark!r}", text, at)
    return at + 1


def _stated_crs(text: str) -> str | None:
    at = _skip(text, 0)
    if text[at] != "{":
        return None
    for key, start, _ in _members(text, at):
        if key == "crs":
            crs, _ = _DECODER.raw_decode(text, start)
            return None if crs is None else _name_of_crs(crs)
    return None


def _name_of_crs(crs: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    try:
        return str(crs["properties"]["name"])
    except (KeyError, TypeError) as error:
        raise ValueError("its crs has no properties.name") from error


def _element_rows(path: Path, text: str, start: int, encoding: str) -> Iterator[Row]:
    number = 0
    try:
        for first, end, value in _elements(text, start):
            number += 1
            raw = text[first:end].encode(encoding.removesuffix("-sig"))
            if len(raw) > MAX_ROW:
                raise FileRefused(
                    str(path), "this record is longer than 1 MB", row=number
                )
            yield _element_row(number, raw, value)
    except ValueError as error:
        raise FileRefused(
            str(path), f"is not JSON from here on: {error}", row=number + 1
        ) from error
    except RecursionError:
        raise FileRefused(
            str(path), "is nested too deeply to be a row", row=number + 1
        ) from None


def _element_row(number: int, raw: bytes, value: object) -> Row:
    try:
        return Row(number, raw, values_of(value))
    except RowRefused as fault:
        return Row(number, raw, {}, fault)


def values_of(record: object) -> dict[str, str]:
    """Give the members of a JSON object, or of a GeoJSON feature, as texts.

    Members of an inner object count as its own where it has none of that name. The
    point of a feature becomes two columns, `GEOMETRY_X` and `GEOMETRY_Y`.

    Raises
    ------
    RowRefused
        ``not-an-object``, ``duplicate-keys``, ``not-a-point``, or ``not-text``.
    """
    if not isinstance(record, Mapping):
        raise RowRefused("not-an-object", "is not a JSON object with named members")
    if _TWICE in record:
        raise RowRefused("duplicate-keys", "has two members of the same name")
    if record.get("type") == "Feature" and "geometry" in record:
        point = _point(record["geometry"])
        return _flat(record.get("properties") or {}) | point
    return _flat(record)


def _flat(record: Any) -> dict[str, str]:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(record, Mapping):
        raise RowRefused("not-an-object", "its properties are not named members")
    texts: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            texts = {fold(k): _text(v) for k, v in value.items()} | texts
        else:
            texts[fold(key)] = _text(value)
    if any(_LONE_SURROGATE.search(text) for pair in texts.items() for text in pair):
        raise RowRefused("not-text", "holds half a character (a lone surrogate)")
    return texts if any(text.strip() for text in texts.values()) else {}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _point(geometry: Any) -> dict[str, str]:  # noqa: ANN401 - whatever JSON holds
    if geometry is None:
        return {GEOMETRY_X: "", GEOMETRY_Y: ""}
    try:
        places = geometry["coordinates"]
        if geometry["type"] == "MultiPoint" and len(places) == 1:
            places = places[0]
        elif geometry["type"] != "Point":
            raise RowRefused("not-a-point", f"is a {geometry['type']}, not a point")
        return {GEOMETRY_X: _text(places[0]), GEOMETRY_Y: _text(places[1])}
    except (KeyError, TypeError, IndexError) as error:
        raise RowRefused("not-a-point", "has a geometry that is no point") from error
