"""training needs, and what was decided about them

Revision: 0028a, after 0028, 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0028a"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "training_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=True),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gap_id"],
            ["knowledge_gap.id"],
            name=op.f("fk_training_need_gap_id_knowledge_gap"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_training_need_item_id_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_need")),
    )
    for name in ("gap_id", "item_id", "state"):
        op.create_index(op.f(f"ix_training_need_{name}"), "training_need", [name], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("training_need")
