"""addresses of calendars know what may be shown there

Revision: 0027b, after 0027a, 2026-11-25 18:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027b"
down_revision = "0027a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Nothing wrote into the table before, so that it can begin anew."""
    op.drop_table("calendar_address")
    _create(sa.Column("clearance", sa.String(length=20), nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_table("calendar_address")
    _create()


def _create(*columns: sa.Column) -> None:
    op.create_table(
        "calendar_address",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["learner.id"],
            name=op.f("fk_calendar_address_learner_id_learner"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("token", name=op.f("uq_calendar_address_token")),
    )
