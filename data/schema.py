"""The tables, one schema for SQLite and PostgreSQL.

A table's columns are the fields of its record, by name. Nested values (a spot, a
vehicle, an explanation) are JSON; what is searched by has a column of its own,
filled from the record by ``data.rows``.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC to the microsecond; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn an aware time to UTC on its way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give UTC back on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UtcTime, nullable=nullable)


def _code(name: str, *, nullable: bool = True) -> Column[str]:
    return Column(name, String(16), nullable=nullable)


agencies = Table("agencies", metadata, _id(), _text("name"), _code("county_code"))

contact_points = Table(
    "contact_points",
    metadata,
    _id(),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    _text("name"),
    _text("channel"),
    _text("address", nullable=True),
)

sites = Table(
    "sites",
    metadata,
    _id(),
    _text("kind"),
    _text("name"),
    Column("spot", JSON, nullable=False),
    Column("lng", Float),
    Column("lat", Float),
    _code("county_code"),
    Column("agency_id", String(64)),
    Column("reads_plates", Boolean),
    Column("attributes", JSON, nullable=False),
    Column("provenance", JSON),
    _version(),
    Index(None, "kind", "id"),
)

reports = Table(
    "reports",
    metadata,
    _id(),
    _text("kind"),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    _text("case_number"),
    _time("reported_at"),
    _time("event_from"),
    _time("event_to"),
    Column("spot", JSON, nullable=False),
    _code("county_code"),
    _text("state"),
    _text("category"),
    Column("vehicle", JSON),
    Column("person", JSON),
    _text("text", nullable=True),
    Column("synthetic", Boolean, nullable=False),
    _text("closed_reason", nullable=True),
    Column("provenance", JSON),
    Column("contact", JSON),
    _version(),
    Index(None, "state", "kind", "reported_at"),
)

sightings = Table(
    "sightings",
    metadata,
    _id(),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    _time("at"),
    Column("spot", JSON, nullable=False),
    Column("vehicle", JSON),
    Column("person", JSON),
    _text("text", nullable=True),
    Column("provenance", JSON),
    _version(),
    Index(None, "at"),
)

reads = Table(
    "reads",
    metadata,
    _id(),
    Column("camera_id", String(64), nullable=False),
    _time("at"),
    _text("plate_raw"),
    Column("plate", String(16), nullable=False),
    _time("received_at"),
    Column("spot", JSON, nullable=False),
    Column("sequence", Integer),
    Column("confidence", Float),
    _text("vehicle_type", nullable=True),
    _text("colour", nullable=True),
    Column("late", Boolean, nullable=False),
    Column("provenance", JSON),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

hot_list = Table(
    "hot_list",
    metadata,
    _id(),
    Column("report_id", ForeignKey("reports.id"), nullable=False, unique=True),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("plate", String(16), nullable=False),
    _text("category"),
    _time("since"),
    _time("until", nullable=True),
    _time("verified_at"),
    _time("expires_at"),
    Column("vehicle", JSON, nullable=False),
    Column("spot", JSON, nullable=False),
    _text("state"),
    _version(),
    Index(None, "state", "plate"),
)

leads = Table(
    "leads",
    metadata,
    _id(),
    Column("report_id", ForeignKey("reports.id"), nullable=False, index=True),
    Column("entry_id", ForeignKey("hot_list.id")),
    Column("read_id", ForeignKey("reads.id"), index=True),
    _time("created_at"),
    _time("at"),
    Column("weight_bits", Float, nullable=False),
    Column("probability", Float, nullable=False),
    _text("level"),
    _code("county_code"),
    Column("explanation", JSON, nullable=False),
    _text("state"),
    Column("explained_read_id", String(64)),
    Column("other_report_id", ForeignKey("reports.id"), index=True),
    Column("kind", Text, nullable=False, server_default="read"),
    _version(),
    Index(None, "at", "id"),
)

lead_reads = Table(
    "lead_reads",
    metadata,
    _id(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("entry_id", ForeignKey("hot_list.id"), nullable=False),
    Column("read_id", ForeignKey("reads.id"), nullable=False),
    _time("created_at"),
    _time("at"),
    Column("weight_bits", Float, nullable=False),
    Column("probability", Float, nullable=False),
    _text("level"),
    _code("county_code"),
    Column("explanation", JSON, nullable=False),
    Column("bridges", JSON, nullable=False),
    Index(None, "entry_id", "at"),
)

judgements = Table(
    "judgements",
    metadata,
    _id(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    _text("verdict"),
    _text("judged_by"),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    _time("at"),
    Column("compared", JSON, nullable=False),
    _text("comment", nullable=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _text("subject_kind"),
    Column("subject_id", String(64), nullable=False),
    Column("subject_version", Integer, nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("contact_point_id", ForeignKey("contact_points.id"), nullable=False),
    _text("role"),
    _text("action"),
    _text("reason"),
    _text("rules_version"),
    _time("created_at"),
    _text("state"),
    _time("acknowledged_at", nullable=True),
    _version(),
    Index(None, "subject_id", "agency_id"),
    Index(None, "agency_id", "state"),
)

loads = Table(
    "loads",
    metadata,
    _id(),
    _text("kind"),
    _text("file"),
    Column("sha256", String(64), nullable=False),
    _time("at"),
    Column("rows", Integer, nullable=False),
    Column("loaded", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("notes", JSON, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    Column("load_id", String(64), nullable=False, index=True),
    _text("load_kind"),
    _text("file"),
    Column("row", Integer, nullable=False),
    _text("code"),
    _text("reason"),
    Column("raw", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("options", JSON, nullable=False),
    _time("at", nullable=True),
    _text("state"),
    _version(),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _id(),
    Column("sha256", String(64), nullable=False),
    Column("answer", JSON, nullable=False),
    _time("at"),
    Index(None, "at"),
)

versions = Table(
    "versions",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    _time("at"),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
)
