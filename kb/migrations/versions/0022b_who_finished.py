"""who said that a remedial action is done

Revision: 0022b, after 0022a, 2026-11-25 14:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0022b"
down_revision = "0022a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what was done before is known from the audit trail."""
    op.add_column(
        "remedial_action", sa.Column("done_by", sa.String(length=200), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("remedial_action") as table:
        table.drop_column("done_by")
