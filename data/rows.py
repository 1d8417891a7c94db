"""Records to table rows and back."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Table

from data import records, schema
from data.keys import IdempotencyKey

Noun = TypeVar("Noun")

TABLES: dict[type[Any], Table] = {
    records.Agency: schema.agencies,
    records.ContactPoint: schema.contact_points,
    records.Site: schema.sites,
    records.Report: schema.reports,
    records.Sighting: schema.sightings,
    records.Read: schema.reads,
    records.HotListEntry: schema.hot_list,
    records.Lead: schema.leads,
    records.LeadRead: schema.lead_reads,
    records.Judgement: schema.judgements,
    records.Delivery: schema.deliveries,
    records.Load: schema.loads,
    records.QuarantinedRow: schema.quarantine,
    IdempotencyKey: schema.idempotency_keys,
}
"""Which table keeps which noun."""


@dataclass(frozen=True, slots=True)
class Mapper:
    """How one noun goes in and out of its table."""

    table: Table
    adapter: TypeAdapter[Any]
    names: tuple[str, ...]
    from_spot: tuple[str, ...]

    def row(self, record: object) -> dict[str, Any]:
        """Return the column values of a record."""
        values: dict[str, Any] = self.adapter.dump_python(record, warnings=False)
        spot = values.get("spot") or {}
        return values | {name: spot.get(name) for name in self.from_spot}

    def body(self, record: object) -> dict[str, Any]:
        """Return the values of a record as JSON can hold them; bytes as base64."""
        values: dict[str, Any] = self.adapter.dump_python(record, warnings=False)
        return {name: _in_json(value) for name, value in values.items()}

    def from_body(self, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Return the record that a body was made of."""
        values = {name: _out_of_json(value) for name, value in body.items()}
        return self.adapter.validate_python(values)

    def record(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Return the record that a row was made of."""
        return self.adapter.validate_python({name: row[name] for name in self.names})


_BYTES = "base64"


def _in_json(value: Any) -> Any:  # noqa: ANN401
    return {_BYTES: b64encode(value).decode()} if isinstance(value, bytes) else value


def _out_of_json(value: Any) -> Any:  # noqa: ANN401
    is_bytes = isinstance(value, dict) and value.keys() == {_BYTES}
    return b64decode(value[_BYTES]) if is_bytes else value


_MADE: dict[str, Mapper] = {}


def mapper(noun: type[Any]) -> Mapper:
    """Find the mapper of a noun; each is made once, when first asked for."""
    if noun.__name__ not in _MADE:
        _MADE[noun.__name__] = _make(noun)
    return _MADE[noun.__name__]


def _make(noun: type[Any]) -> Mapper:
    table = TABLES[noun]
    names = tuple(field.name for field in fields(noun))
    extra = tuple(name for name in table.c.keys() if name not in names)
    return Mapper(table, TypeAdapter(noun), names, extra)


def kind_of(noun: type[Any]) -> str:
    """Name a noun in messages and in the table of versions, as ``hot list entry``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", noun.__name__).lower()
