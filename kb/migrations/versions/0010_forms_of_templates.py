"""templates know their form, choices and formulas

Revision: 0010, after 0009, 2026-11-25 00:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("template") as table:
        table.add_column(sa.Column("form", sa.String(length=20), nullable=False, server_default="document"))
        table.add_column(sa.Column("choices", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("formulas", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("template") as table:
        table.drop_column("formulas")
        table.drop_column("choices")
        table.drop_column("form")
