"""pairs of items that may disagree

Revision: 0020, after 0019, 2026-11-25 04:50:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "disagreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("decided_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_disagreement_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["item.id"], name=op.f("fk_disagreement_other_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
        sa.UniqueConstraint("item_id", "other_id", name=op.f("uq_disagreement_item_id")),
    )
    op.create_index(op.f("ix_disagreement_other_id"), "disagreement", ["other_id"], unique=False)
    op.create_index(op.f("ix_disagreement_state"), "disagreement", ["state"], unique=False)
    op.create_table(
        "comparison",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_comparison_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_comparison")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("comparison")
    op.drop_index(op.f("ix_disagreement_state"), table_name="disagreement")
    op.drop_index(op.f("ix_disagreement_other_id"), table_name="disagreement")
    op.drop_table("disagreement")
