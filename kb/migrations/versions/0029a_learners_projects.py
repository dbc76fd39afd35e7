"""which projects learners work in

Revision: 0029a, after 0029, 2026-11-25 18:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0029a"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "learner_project",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
            name=op.f("fk_learner_project_learner_id_learner"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_learner_project_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "project_id", name=op.f("pk_learner_project")),
    )
    op.create_index(op.f("ix_learner_project_project_id"), "learner_project", ["project_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("learner_project")
