"""The reads of a lead, and when an entry was over.

Every lead that is there has one read, its own. An entry that is over was so when its
last version was kept.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FIELDS = (
    "entry_id",
    "read_id",
    "created_at",
    "at",
    "weight_bits",
    "probability",
    "level",
    "county_code",
    "explanation",
)
"""What a lead has of its own read."""


def upgrade() -> None:
    """Make the table, and fill it with what is known."""
    op.add_column("leads", sa.Column("explained_read_id", sa.String(length=64)))
    op.create_table(
        "lead_reads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lead_id", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("read_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weight_bits", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("county_code", sa.String(length=16)),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("bridges", sa.JSON(), nullable=False),
        *_keys(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_reads")),
    )
    op.create_index(op.f("ix_lead_reads_lead_id"), "lead_reads", ["lead_id"])
    op.create_index(op.f("ix_lead_reads_entry_id_at"), "lead_reads", ["entry_id", "at"])
    _fill()
    _end()


def _keys() -> list[sa.ForeignKeyConstraint]:
    others = {"lead_id": "leads.id", "entry_id": "hot_list.id", "read_id": "reads.id"}
    return [
        sa.ForeignKeyConstraint([own], [other], name=op.f(f"fk_lead_reads_{own}"))
        for own, other in others.items()
    ]


def _fill() -> None:
    """Give each lead its own read; the ids differ in the word before the dash."""
    names = ("id", *FIELDS)
    leads = sa.table("leads", *(sa.column(name) for name in names))
    kept = sa.table("lead_reads", *(sa.column(n) for n in (*names, "lead_id")))
    bridges = sa.column("bridges", sa.JSON())
    kept.append_column(bridges)
    own = sa.literal("seen-") + sa.func.substr(leads.c.id, len("lead-") + 1)
    found = sa.select(
        own,
        leads.c.id,
        sa.literal([], sa.JSON()),
        *(leads.c[name] for name in FIELDS),
    )
    columns = ["id", "lead_id", "bridges", *FIELDS]
    op.execute(sa.insert(kept).from_select(columns, found))


def _end() -> None:
    """Say when each entry was over that is over."""
    entries = sa.table("hot_list", *map(sa.column, ("id", "state", "until")))
    versions = sa.table("versions", *map(sa.column, ("kind", "record_id", "at")))
    over = (
        sa.select(sa.func.max(versions.c.at))
        .where(versions.c.kind == "hot list entry")
        .where(versions.c.record_id == entries.c.id)
        .scalar_subquery()
    )
    is_over = entries.c.state != "open", entries.c.until.is_(None)
    op.execute(sa.update(entries).where(*is_over).values(until=over))


def downgrade() -> None:
    """Go back; which further reads a lead had is forgotten."""
    op.drop_index(op.f("ix_lead_reads_entry_id_at"), table_name="lead_reads")
    op.drop_index(op.f("ix_lead_reads_lead_id"), table_name="lead_reads")
    op.drop_table("lead_reads")
    op.drop_column("leads", "explained_read_id")
