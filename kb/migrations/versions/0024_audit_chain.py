"""the record of changes is chained by hash

Revision: 0024, after 0023, 2026-11-25 14:40:00
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

import kb.models

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_CHUNK = 1000
_EVENTS = sa.table(
    "audit_event",
    sa.column("id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("digest", sa.String()),
    sa.column("at", kb.models.Moment(timezone=True)),
    sa.column("actor", sa.String()),
    sa.column("action", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("detail", sa.JSON()),
)


def upgrade() -> None:
    """Apply."""
    chain = op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    with op.batch_alter_table("audit_event") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    number, digest = _chain_what_is_there()
    op.bulk_insert(chain, [{"id": 1, "number": number, "digest": digest}])
    with op.batch_alter_table("audit_event") as batch:
        batch.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("digest", existing_type=sa.String(length=64), server_default=None)
        batch.create_unique_constraint(op.f("uq_audit_event_number"), ["number"])


def _chain_what_is_there() -> tuple[int, str]:
    """Number and digest of the last event; as kb.audit does it, written down for what it was then."""
    connection = op.get_bind()
    change = (
        sa.update(_EVENTS)
        .where(_EVENTS.c.id == sa.bindparam("row"))
        .values(number=sa.bindparam("n"), digest=sa.bindparam("d"))
    )
    number, digest, last = 0, "", 0
    while rows := connection.execute(
        sa.select(_EVENTS).where(_EVENTS.c.id > last).order_by(_EVENTS.c.id).limit(_CHUNK)
    ).all():
        changes = []
        for row in rows:
            number, last = number + 1, row.id
            at = row.at.astimezone(UTC).isoformat()
            said = [digest, number, at, row.actor, row.action, row.subject, row.detail]
            text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(text.encode()).hexdigest()
            changes.append({"row": row.id, "n": number, "d": digest})
        connection.execute(change, changes)
    return number, digest


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("audit_event") as batch:
        batch.drop_constraint(op.f("uq_audit_event_number"), type_="unique")
        batch.drop_column("digest")
        batch.drop_column("number")
    op.drop_table("audit_chain")
