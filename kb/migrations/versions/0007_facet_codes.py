"""items keep their facets as codes too

Revision: 0007, after 0006, 2026-11-25 00:20:00
"""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

from kb import facet_codes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "facet_value",
        sa.Column("code", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_facet_value")),
    )
    op.add_column(
        "item", sa.Column("facet_codes", sa.LargeBinary(), nullable=False, server_default=sa.text("x''"))
    )
    connection = op.get_bind()
    values = connection.execute(sa.text("SELECT DISTINCT name, value FROM facet")).all()
    for name, value in values:
        connection.execute(
            sa.text("INSERT INTO facet_value (code, name, value) VALUES (:code, :name, :value)"),
            {"code": facet_codes.code((name, value)), "name": name, "value": value},
        )
    rows = connection.execute(sa.text("SELECT item_id, name, value FROM facet ORDER BY item_id, name, value"))
    for item, found in groupby(rows, lambda row: row[0]):
        connection.execute(
            sa.text("UPDATE item SET facet_codes = :codes WHERE id = :item"),
            {"codes": facet_codes.coded([(name, value) for _, name, value in found]), "item": item},
        )
    op.create_index(
        op.f("ix_item_counted"), "item", ["id", "withdrawn_at", "classification", "facet_codes"], unique=False
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_item_counted"), "item")
    op.drop_column("item", "facet_codes")
    op.drop_table("facet_value")
