"""The migrations lead to the schema that the code expects."""

from dataclasses import replace
from datetime import timedelta

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect

from data.migrations import configuration, migrate
from data.records import HotListEntry, Lead, LeadRead, ReportState
from data.rows import TABLES, mapper
from data.schema import metadata, versions
from data.store import _engine, open_store
from tests.data.test_store import AGENCY, AT, ENTRY, LEAD, READ, REPORT


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path):
    engine = _engine(tmp_path / "x.db", begin="BEGIN IMMEDIATE")
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_back_leaves_no_table_of_ours(tmp_path):
    engine = _engine(tmp_path / "x.db", begin="BEGIN IMMEDIATE")
    migrate(engine)
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_every_field_of_every_noun_has_a_column():
    for noun in TABLES:
        found = mapper(noun)
        assert set(found.names) <= set(found.table.c.keys()), noun


def test_a_lead_from_before_has_one_read_and_an_old_closing_its_time(tmp_path):
    engine = _engine(tmp_path / "x.db", begin="BEGIN IMMEDIATE")
    migrate(engine, "0003")
    over = replace(ENTRY, state=ReportState.CLOSED, version=2)
    closed_at = AT + timedelta(hours=3)
    kept = {"kind": "hot list entry", "record_id": over.id, "version": 1}
    with engine.begin() as connection:
        for record in (AGENCY, REPORT, READ, over, LEAD):
            found = mapper(type(record))
            row = found.row(record)
            row.pop("explained_read_id", None)
            connection.execute(insert(found.table), row)
        connection.execute(insert(versions), kept | {"at": closed_at, "body": {}})
    engine.dispose()
    with open_store(tmp_path / "x.db") as store, store.read() as tx:
        (read,) = tx.find(LeadRead)
        assert tx.find(Lead) == [LEAD]
        assert tx.get(HotListEntry, over.id).until == closed_at
    shared = ("entry_id", "read_id", "created_at", "at", "level", "explanation")
    assert (read.id, read.lead_id, read.bridges) == ("seen-1", LEAD.id, ())
    assert all(getattr(read, name) == getattr(LEAD, name) for name in shared)
