"""adoption plans: steps, what they wait for, figures and their readings

Revision: 0019, after 0018, 2026-11-25 04:55:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "adoption_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("team", sa.JSON(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("practices", sa.JSON(), nullable=False),
        sa.Column("preconditions", sa.JSON(), nullable=False),
        sa.Column("barriers", sa.JSON(), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_adoption_plan_code")),
    )
    op.create_table(
        "adoption_kpi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.Column("baseline", sa.String(length=300), nullable=False),
        sa.Column("source_ref", sa.String(length=200), nullable=False),
        sa.Column("source_part", sa.String(length=200), nullable=False),
        sa.Column("source_quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["adoption_plan.id"],
            name=op.f("fk_adoption_kpi_plan_id_adoption_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_kpi")),
    )
    op.create_index(op.f("ix_adoption_kpi_plan_id"), "adoption_kpi", ["plan_id"], unique=False)
    op.create_table(
        "adoption_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("effort", sa.Double(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("lag", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("source_ref", sa.String(length=200), nullable=False),
        sa.Column("source_part", sa.String(length=200), nullable=False),
        sa.Column("source_quote", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["adoption_plan.id"],
            name=op.f("fk_adoption_step_plan_id_adoption_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_step")),
    )
    op.create_index(op.f("ix_adoption_step_plan_id"), "adoption_step", ["plan_id"], unique=False)
    op.create_table(
        "adoption_dependency",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["adoption_step.id"],
            name=op.f("fk_adoption_dependency_after_id_adoption_step"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["adoption_step.id"],
            name=op.f("fk_adoption_dependency_step_id_adoption_step"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("step_id", "after_id", name=op.f("pk_adoption_dependency")),
    )
    op.create_index(
        op.f("ix_adoption_dependency_after_id"), "adoption_dependency", ["after_id"], unique=False
    )
    op.create_table(
        "adoption_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["kpi_id"],
            ["adoption_kpi.id"],
            name=op.f("fk_adoption_reading_kpi_id_adoption_kpi"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_reading")),
    )
    op.create_index(op.f("ix_adoption_reading_kpi_id"), "adoption_reading", ["kpi_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_adoption_reading_kpi_id"), table_name="adoption_reading")
    op.drop_table("adoption_reading")
    op.drop_index(op.f("ix_adoption_dependency_after_id"), table_name="adoption_dependency")
    op.drop_table("adoption_dependency")
    op.drop_index(op.f("ix_adoption_step_plan_id"), table_name="adoption_step")
    op.drop_table("adoption_step")
    op.drop_index(op.f("ix_adoption_kpi_plan_id"), table_name="adoption_kpi")
    op.drop_table("adoption_kpi")
    op.drop_table("adoption_plan")
