"""what is overdue or out of use is found without walking through all items

Revision: 0013a, after 0013, 2026-11-25 01:30:00
"""

from alembic import op

revision = "0013a"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_item_review", "item", ["withdrawn_at", "review_date", "classification"])
    op.create_index("ix_item_standing", "item", ["withdrawn_at", "status", "kind", "classification"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_item_standing", table_name="item")
    op.drop_index("ix_item_review", table_name="item")
