"""items can be filtered by competences; what training teaches is carried over

Revision: 0022, after 0020, 2026-11-25 14:00:00
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from kb import facet_codes

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_NAME = "competence"
_VALUES = sa.text("SELECT name, value FROM facet WHERE item_id = :item ORDER BY name, value")
_TRAINING = sa.table("training", sa.column("id", sa.Integer), sa.column("competences", sa.JSON))


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_TRAINING.c.id, _TRAINING.c.competences)).all()
    for item, competences in rows:
        taught = sorted({one["name"].lower()[:300] for one in competences if one["name"]})
        if taught:
            _insert("facet", [{"item_id": item, "name": _NAME, "value": value} for value in taught])
            _recode(item)
    values = {one["name"].lower()[:300] for _, competences in rows for one in competences if one["name"]}
    coded = [
        {"code": facet_codes.code((_NAME, value)), "name": _NAME, "value": value} for value in sorted(values)
    ]
    if coded:
        _insert("facet_value", coded)


def downgrade() -> None:
    """Undo."""
    connection = op.get_bind()
    items = connection.scalars(
        sa.text("SELECT DISTINCT item_id FROM facet WHERE name = :name"), {"name": _NAME}
    ).all()
    for table in ("facet", "facet_value"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE name = :name"), {"name": _NAME})  # noqa: S608
    for item in items:
        _recode(item)


def _insert(table: str, rows: Sequence[dict[str, Any]]) -> None:
    columns = [sa.column(name) for name in rows[0]]
    op.get_bind().execute(sa.insert(sa.table(table, *columns)), rows)


def _recode(item: int) -> None:
    connection = op.get_bind()
    values = [(name, value) for name, value in connection.execute(_VALUES, {"item": item})]
    connection.execute(
        sa.text("UPDATE item SET facet_codes = :codes WHERE id = :item"),
        {"codes": facet_codes.coded(values), "item": item},
    )
