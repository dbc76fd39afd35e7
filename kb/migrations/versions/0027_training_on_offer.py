"""training: when it is on offer, when it was last reviewed, how its certification is renewed

Revision: 0027, after 0026, 2026-11-25 17:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("training", sa.Column("renewal", sa.Text(), nullable=False, server_default=""))
    for name in ("offered_from", "offered_until", "reviewed_on"):
        op.add_column("training", sa.Column(name, sa.Date(), nullable=True))


def downgrade() -> None:
    """Undo."""
    for name in ("reviewed_on", "offered_until", "offered_from", "renewal"):
        op.drop_column("training", name)
