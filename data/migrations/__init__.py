"""Schema migrations: all of them in one transaction, or none.

A kill at any statement leaves the old schema or the new one, never one between,
because the store's connections begin explicitly and SQLite and PostgreSQL both
roll schema changes back.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

HERE = Path(__file__).parent


def configuration() -> Config:
    """Return the alembic configuration of this folder."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision in one transaction."""
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
