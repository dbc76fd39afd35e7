"""observations that were mined out of documents

Revision: 0022a, after 0022, 2026-11-25 14:10:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0022a"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("headings", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("slide", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(length=300), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("decided_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_proposal_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["item.id"], name=op.f("fk_proposal_lesson_id_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("item_id", "digest", name=op.f("uq_proposal_item_id")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state", "item_id"], unique=False)
    op.create_index(op.f("ix_proposal_lesson_id"), "proposal", ["lesson_id"], unique=False)
    op.create_table(
        "mining",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_mining_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_mining")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("mining")
    op.drop_index(op.f("ix_proposal_lesson_id"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_state"), table_name="proposal")
    op.drop_table("proposal")
