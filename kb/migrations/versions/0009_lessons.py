"""the life of lessons: steps, comments, relations, actions, changes, applications

Revision: 0009, after 0007, 2026-11-25 00:47:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("saved", sa.Double(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Double(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", kb.models.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_application_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_application_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_item_id"), "application", ["item_id"], unique=False)
    op.create_index(op.f("ix_application_project_id"), "application", ["project_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_comment_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_item_id"), "comment", ["item_id"], unique=False)
    op.create_table(
        "lesson_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_lesson_step_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_step")),
    )
    op.create_index(op.f("ix_lesson_step_item_id"), "lesson_step", ["item_id"], unique=False)
    op.create_table(
        "relation",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=20), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_relation_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["item.id"], name=op.f("fk_relation_other_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "other_id", "link", name=op.f("pk_relation")),
    )
    op.create_index(op.f("ix_relation_other_id"), "relation", ["other_id"], unique=False)
    op.create_table(
        "remedial_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("done_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("validated_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("validated_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_remedial_action_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedial_action")),
    )
    op.create_index(op.f("ix_remedial_action_item_id"), "remedial_action", ["item_id"], unique=False)
    op.create_index(op.f("ix_remedial_action_owner"), "remedial_action", ["owner"], unique=False)
    op.create_index(op.f("ix_remedial_action_state"), "remedial_action", ["state"], unique=False)
    op.create_table(
        "change_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("decided_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["remedial_action.id"],
            name=op.f("fk_change_request_action_id_remedial_action"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["item.id"], name=op.f("fk_change_request_target_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index(op.f("ix_change_request_action_id"), "change_request", ["action_id"], unique=False)
    op.create_index(op.f("ix_change_request_state"), "change_request", ["state"], unique=False)
    op.create_index(op.f("ix_change_request_target_id"), "change_request", ["target_id"], unique=False)
    op.add_column("item", sa.Column("source_digest", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    op.drop_column("item", "source_digest")
    op.drop_index(op.f("ix_change_request_target_id"), table_name="change_request")
    op.drop_index(op.f("ix_change_request_state"), table_name="change_request")
    op.drop_index(op.f("ix_change_request_action_id"), table_name="change_request")
    op.drop_table("change_request")
    op.drop_index(op.f("ix_remedial_action_state"), table_name="remedial_action")
    op.drop_index(op.f("ix_remedial_action_owner"), table_name="remedial_action")
    op.drop_index(op.f("ix_remedial_action_item_id"), table_name="remedial_action")
    op.drop_table("remedial_action")
    op.drop_index(op.f("ix_relation_other_id"), table_name="relation")
    op.drop_table("relation")
    op.drop_index(op.f("ix_lesson_step_item_id"), table_name="lesson_step")
    op.drop_table("lesson_step")
    op.drop_index(op.f("ix_comment_item_id"), table_name="comment")
    op.drop_table("comment")
    op.drop_index(op.f("ix_application_project_id"), table_name="application")
    op.drop_index(op.f("ix_application_item_id"), table_name="application")
    op.drop_table("application")
