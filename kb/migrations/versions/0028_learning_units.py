"""from which lesson a learning unit was drawn

Revision: 0028, after 0027b, 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "learning_unit",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_learning_unit_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["item.id"], name=op.f("fk_learning_unit_lesson_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_learning_unit")),
    )
    op.create_index(op.f("ix_learning_unit_lesson_id"), "learning_unit", ["lesson_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_learning_unit_lesson_id"), table_name="learning_unit")
    op.drop_table("learning_unit")
