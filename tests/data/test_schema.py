"""The migrations lead to the schema that the code expects."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError

from data.migrations import configuration, migrate
from data.records import (
    HotListEntry,
    Judgement,
    Lead,
    LeadRead,
    Report,
    ReportState,
    Verdict,
)
from data.rows import TABLES, mapper
from data.schema import metadata, versions
from data.store import _engine, open_store
from tests.data.test_store import AGENCY, AT, ENTRY, LEAD, READ, REPORT

LEAD_READ = LeadRead(
    "seen-1", LEAD.id, ENTRY.id, READ.id, AT, AT, 4.5, 0.957, LEAD.level, "68000", {}
)
NEWER = {Report: ("contact",), Lead: ("other_report_id", "kind")}
"""Columns that came with revision 0006."""
JUDGEMENT = Judgement("jdg-1", LEAD.id, Verdict.UNSURE, "王員", AGENCY.id, AT)


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
            for later in (*NEWER.get(type(record), ()), "explained_read_id"):
                row.pop(later, None)
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


def kept_before_pairs(path):
    """Make a store of revision 0005 with a lead, its read and its judgement."""
    engine = _engine(path, begin="BEGIN IMMEDIATE")
    migrate(engine, "0005")
    with engine.begin() as connection:
        for record in (AGENCY, REPORT, READ, ENTRY, LEAD, LEAD_READ, JUDGEMENT):
            found = mapper(type(record))
            row = found.row(record)
            for later in NEWER.get(type(record), ()):
                row.pop(later, None)
            connection.execute(insert(found.table), row)
    engine.dispose()


def test_leads_and_what_refers_to_them_stay_when_leads_of_pairs_come(tmp_path):
    kept_before_pairs(tmp_path / "x.db")
    with open_store(tmp_path / "x.db") as store, store.write() as tx:
        assert tx.find(Lead) == [LEAD]
        assert tx.find(LeadRead) == [LEAD_READ]
        assert tx.find(Judgement) == [JUDGEMENT]
        pair = replace(
            LEAD, id="lead-2", entry_id=None, read_id=None, other_report_id=REPORT.id
        )
        assert tx.add(pair)
        assert tx.get(Lead, "lead-2") == pair


def test_foreign_keys_hold_again_after_migrating(tmp_path):
    with open_store(tmp_path / "x.db") as store:
        with pytest.raises(IntegrityError), store.write() as tx:
            tx.add(LEAD)


def test_a_store_whose_rows_refer_to_nothing_is_left_as_it_was(tmp_path):
    kept_before_pairs(tmp_path / "x.db")
    engine = _engine(tmp_path / "x.db", begin="BEGIN IMMEDIATE")
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("DELETE FROM reads")
        connection.commit()
    with pytest.raises(IntegrityError):
        migrate(engine)
    columns = {one["name"] for one in inspect(engine).get_columns("leads")}
    engine.dispose()
    assert "other_report_id" not in columns
