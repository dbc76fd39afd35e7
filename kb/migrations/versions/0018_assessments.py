"""assessments of projects and teams

Revision: 0018, after 0017, 2026-11-25 04:25:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(op.f("ix_assessment_subject"), "assessment", ["subject"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_assessment_subject"), table_name="assessment")
    op.drop_table("assessment")
