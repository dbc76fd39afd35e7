"""learning paths that are kept

Revision: 0027a, after 0027, 2026-11-25 17:55:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0027a"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "kept_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("goal", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("pace", sa.Double(), nullable=False),
        sa.Column("bound", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.id"], name=op.f("fk_kept_path_learner_id_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_path")),
        sa.UniqueConstraint("code", name=op.f("uq_kept_path_code")),
    )
    op.create_index(op.f("ix_kept_path_author"), "kept_path", ["author"], unique=False)
    op.create_index(op.f("ix_kept_path_learner_id"), "kept_path", ["learner_id"], unique=False)
    op.create_table(
        "kept_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_kept_step_item_id_item"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["path_id"], ["kept_path.id"], name=op.f("fk_kept_step_path_id_kept_path"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_step")),
    )
    op.create_index(op.f("ix_kept_step_item_id"), "kept_step", ["item_id"], unique=False)
    op.create_index(op.f("ix_kept_step_path_id"), "kept_step", ["path_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("kept_step")
    op.drop_table("kept_path")
