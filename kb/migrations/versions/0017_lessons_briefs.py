"""lessons briefs: versions of needs, entries, verdicts, sign-offs

Revision: 0017, after 0016, 2026-11-25 04:36:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "brief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_brief_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("code", name=op.f("uq_brief_code")),
    )
    op.create_index(op.f("ix_brief_project_id"), "brief", ["project_id"], unique=False)
    op.create_table(
        "brief_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("charter", sa.Text(), nullable=False),
        sa.Column("charter_digest", sa.String(length=32), nullable=False),
        sa.Column("source_name", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("looked_by", sa.String(length=200), nullable=False),
        sa.Column("looked_at", kb.models.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_brief_version_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_version")),
        sa.UniqueConstraint("brief_id", "number", name=op.f("uq_brief_version_brief_id")),
    )
    op.create_table(
        "brief_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("alike", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_brief_entry_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["brief_version.id"],
            name=op.f("fk_brief_entry_version_id_brief_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_entry")),
        sa.UniqueConstraint("version_id", "item_id", name=op.f("uq_brief_entry_version_id")),
    )
    op.create_index(op.f("ix_brief_entry_item_id"), "brief_entry", ["item_id"], unique=False)
    op.create_table(
        "brief_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("slide", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(length=300), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.Column("gap_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["gap_id"],
            ["knowledge_gap.id"],
            name=op.f("fk_brief_need_gap_id_knowledge_gap"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["brief_version.id"],
            name=op.f("fk_brief_need_version_id_brief_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_need")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_brief_need_version_id")),
    )
    op.create_index(op.f("ix_brief_need_gap_id"), "brief_need", ["gap_id"], unique=False)
    op.create_table(
        "brief_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(length=100), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["brief_version.id"],
            name=op.f("fk_brief_sign_off_version_id_brief_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_sign_off")),
        sa.UniqueConstraint("version_id", "gate", name=op.f("uq_brief_sign_off_version_id")),
    )
    op.create_table(
        "brief_match",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("relevance", sa.Double(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.Column("headings", sa.String(length=1000), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("slide", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(length=300), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["brief_entry.id"],
            name=op.f("fk_brief_match_entry_id_brief_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["brief_need.id"], name=op.f("fk_brief_match_need_id_brief_need"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "need_id", name=op.f("pk_brief_match")),
    )
    op.create_index(op.f("ix_brief_match_need_id"), "brief_match", ["need_id"], unique=False)
    op.create_table(
        "brief_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", kb.models.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["brief_entry.id"],
            name=op.f("fk_brief_verdict_entry_id_brief_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_verdict")),
    )
    op.create_index(op.f("ix_brief_verdict_entry_id"), "brief_verdict", ["entry_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_brief_verdict_entry_id"), table_name="brief_verdict")
    op.drop_table("brief_verdict")
    op.drop_index(op.f("ix_brief_match_need_id"), table_name="brief_match")
    op.drop_table("brief_match")
    op.drop_table("brief_sign_off")
    op.drop_index(op.f("ix_brief_need_gap_id"), table_name="brief_need")
    op.drop_table("brief_need")
    op.drop_index(op.f("ix_brief_entry_item_id"), table_name="brief_entry")
    op.drop_table("brief_entry")
    op.drop_table("brief_version")
    op.drop_index(op.f("ix_brief_project_id"), table_name="brief")
    op.drop_table("brief")
