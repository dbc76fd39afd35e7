"""items: who began them; drafts are found without walking through all items

Revision: 0016, after 0015, 2026-11-25 04:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_UNFINISHED = sa.text("status IN ('draft', 'returned')")
_AUTHORS = """
    UPDATE item SET author = COALESCE(
        (SELECT version.author FROM version WHERE version.item_id = item.id AND version.number = 1), ''
    )
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("item", sa.Column("author", sa.String(length=200), nullable=False, server_default=""))
    op.execute(_AUTHORS)
    op.create_index(
        "ix_item_unfinished",
        "item",
        ["kind", "author", "owner"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_item_unfinished", table_name="item")
    op.drop_column("item", "author")
