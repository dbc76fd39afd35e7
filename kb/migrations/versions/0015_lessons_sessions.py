"""lessons sessions: notes, groups of notes, votes

Revision: 0015, after 0014, 2026-11-25 01:15:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "lesson_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("agenda", sa.JSON(), nullable=False),
        sa.Column("prompts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("facilitator", sa.String(length=200), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("opened_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_lesson_session_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_session")),
        sa.UniqueConstraint("code", name=op.f("uq_lesson_session_code")),
    )
    op.create_index(op.f("ix_lesson_session_project_id"), "lesson_session", ["project_id"], unique=False)
    op.create_index(op.f("ix_lesson_session_state"), "lesson_session", ["state"], unique=False)
    op.create_table(
        "note_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["lesson_session.id"],
            name=op.f("fk_note_group_session_id_lesson_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_group")),
    )
    op.create_index(op.f("ix_note_group_session_id"), "note_group", ["session_id"], unique=False)
    op.create_table(
        "session_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("differently", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["note_group.id"],
            name=op.f("fk_session_note_group_id_note_group"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_session_note_item_id_item"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["lesson_session.id"],
            name=op.f("fk_session_note_session_id_lesson_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_note")),
        sa.UniqueConstraint("session_id", "key", name=op.f("uq_session_note_session_id")),
    )
    op.create_index(op.f("ix_session_note_group_id"), "session_note", ["group_id"], unique=False)
    op.create_index(op.f("ix_session_note_item_id"), "session_note", ["item_id"], unique=False)
    op.create_table(
        "session_vote",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["session_note.id"],
            name=op.f("fk_session_vote_note_id_session_note"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "voter", name=op.f("pk_session_vote")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("session_vote")
    op.drop_index(op.f("ix_session_note_item_id"), table_name="session_note")
    op.drop_index(op.f("ix_session_note_group_id"), table_name="session_note")
    op.drop_table("session_note")
    op.drop_index(op.f("ix_note_group_session_id"), table_name="note_group")
    op.drop_table("note_group")
    op.drop_index(op.f("ix_lesson_session_state"), table_name="lesson_session")
    op.drop_index(op.f("ix_lesson_session_project_id"), table_name="lesson_session")
    op.drop_table("lesson_session")
