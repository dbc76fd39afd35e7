"""knowledge gaps

Revision: 0014, after 0013a, 2026-11-25 01:30:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0014"
down_revision = "0013a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "knowledge_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("closed_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("latest_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_knowledge_gap_item_id_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gap")),
    )
    op.create_index(op.f("ix_knowledge_gap_state"), "knowledge_gap", ["state"])
    op.create_index(op.f("ix_knowledge_gap_item_id"), "knowledge_gap", ["item_id"])
    op.create_table(
        "knowledge_gap_query",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gap_id"],
            ["knowledge_gap.id"],
            name=op.f("fk_knowledge_gap_query_gap_id_knowledge_gap"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_knowledge_gap_query")),
    )
    op.create_index(op.f("ix_knowledge_gap_query_gap_id"), "knowledge_gap_query", ["gap_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("knowledge_gap_query")
    op.drop_table("knowledge_gap")
