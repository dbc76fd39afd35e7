"""items can be filtered by their owner

Revision: 0006, after 0005, 2026-11-24 22:25:00
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "INSERT INTO facet (item_id, name, value) SELECT id, 'owner', owner FROM item WHERE owner != '' "
        "AND NOT EXISTS (SELECT 1 FROM facet WHERE facet.item_id = item.id AND facet.name = 'owner')"
    )


def downgrade() -> None:
    """Undo."""
    op.execute("DELETE FROM facet WHERE name = 'owner'")
