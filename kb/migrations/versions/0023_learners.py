"""learners, and the levels that they were found at

Revision: 0023, after 0022b, 2026-11-25 14:45:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0023"
down_revision = "0022b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "learner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("name", name=op.f("uq_learner_name")),
    )
    op.create_index(op.f("ix_learner_team"), "learner", ["team"], unique=False)
    op.create_table(
        "level_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
            name=op.f("fk_level_assessment_learner_id_learner"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_assessment")),
    )
    op.create_index(op.f("ix_level_assessment_learner_id"), "level_assessment", ["learner_id"], unique=False)
    op.create_index(op.f("ix_level_assessment_author"), "level_assessment", ["author"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("level_assessment")
    op.drop_table("learner")
