"""Leads of two reports, which have neither read nor entry, and whom to call.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEX, KEY = "ix_leads_other_report_id", "fk_leads_other_report_id"


def upgrade() -> None:
    """Let a lead be of two reports."""
    op.add_column("reports", sa.Column("contact", sa.JSON()))
    with op.batch_alter_table("leads") as leads:
        for name in ("entry_id", "read_id"):
            leads.alter_column(name, existing_type=sa.String(64), nullable=True)
        leads.add_column(sa.Column("other_report_id", sa.String(length=64)))
        leads.add_column(
            sa.Column("kind", sa.Text(), nullable=False, server_default="read")
        )
        leads.create_foreign_key(op.f(KEY), "reports", ["other_report_id"], ["id"])
    op.create_index(op.f(INDEX), "leads", ["other_report_id"])


def downgrade() -> None:
    """Go back; leads of two reports, with what was said of them, are forgotten."""
    op.drop_index(op.f(INDEX), table_name="leads")
    leads, judged = (
        sa.table(n, sa.column("id"), sa.column("read_id"), sa.column("lead_id"))
        for n in ("leads", "judgements")
    )
    pairs = sa.select(leads.c.id).where(leads.c.read_id.is_(None))
    op.execute(sa.delete(judged).where(judged.c.lead_id.in_(pairs)))
    op.execute(sa.delete(leads).where(leads.c.read_id.is_(None)))
    with op.batch_alter_table("leads") as changed:
        changed.drop_constraint(op.f(KEY), type_="foreignkey")
        changed.drop_column("other_report_id")
        changed.drop_column("kind")
        for name in ("entry_id", "read_id"):
            changed.alter_column(name, existing_type=sa.String(64), nullable=False)
    op.drop_column("reports", "contact")
