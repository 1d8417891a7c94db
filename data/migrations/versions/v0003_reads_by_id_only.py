"""Find reads of the store by their id only: the archive has them all by all else.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_reads_plate_key_at": ["plate_key", "at"],
    "ix_reads_camera_id_at": ["camera_id", "at"],
    "ix_reads_at": ["at"],
}


def upgrade() -> None:
    """Drop what reads were searched by."""
    for name in INDEXES:
        op.drop_index(op.f(name), table_name="reads")
    op.drop_column("reads", "plate_key")


def downgrade() -> None:
    """Go back; reads that are kept are found by no plate."""
    key = sa.Column("plate_key", sa.String(16), nullable=False, server_default="")
    op.add_column("reads", key)
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "reads", columns, unique=False)
