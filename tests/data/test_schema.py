"""The migrations lead to the schema that the code expects."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from data.migrations import configuration, migrate
from data.rows import TABLES, mapper
from data.schema import metadata
from data.store import _engine


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
