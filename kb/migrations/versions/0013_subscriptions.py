"""subscriptions, and what they sent

Revision: 0013, after 0010, 2026-11-25 01:30:00
"""

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("clearance", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("rhythm", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("since", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("next_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("stopped_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("stopped_why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_token")),
    )
    op.create_index(op.f("ix_subscription_owner"), "subscription", ["owner"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("created_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("finished_at", kb.models.Moment(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_delivery_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index(op.f("ix_delivery_subscription_id"), "delivery", ["subscription_id"], unique=False)
    op.create_index("ix_delivery_queue", "delivery", ["state", "next_at"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", kb.models.Moment(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_announcement_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_announcement_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_announcement_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "item_id", "changed_at", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_delivery_id"), "announcement", ["delivery_id"], unique=False)
    op.create_index("ix_item_updated_at", "item", ["updated_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_item_updated_at", table_name="item")
    op.drop_index(op.f("ix_announcement_delivery_id"), table_name="announcement")
    op.drop_table("announcement")
    op.drop_index("ix_delivery_queue", table_name="delivery")
    op.drop_index(op.f("ix_delivery_subscription_id"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_subscription_owner"), table_name="subscription")
    op.drop_table("subscription")
