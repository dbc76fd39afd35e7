"""what is kept to groups

Revision: 0029, after 0028a, 2026-11-25 18:00:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0029"
down_revision = "0028a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "restriction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(length=2000), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_restriction_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_restriction_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        sa.UniqueConstraint("item_id", name=op.f("uq_restriction_item_id")),
        sa.UniqueConstraint("location", name=op.f("uq_restriction_location")),
        sa.UniqueConstraint("project_id", name=op.f("uq_restriction_project_id")),
    )
    op.create_table(
        "restriction_group",
        sa.Column("restriction_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["user_group.id"],
            name=op.f("fk_restriction_group_group_id_user_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["restriction.id"],
            name=op.f("fk_restriction_group_restriction_id_restriction"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("restriction_id", "group_id", name=op.f("pk_restriction_group")),
    )
    op.create_index(op.f("ix_restriction_group_group_id"), "restriction_group", ["group_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("restriction_group")
    op.drop_table("restriction")
