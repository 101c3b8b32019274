"""A form of its own for what became of the comments on a draft.

Revision: 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FORMS = ("text", "picture", "video", "answers", "brief", "press")


def upgrade() -> None:
    _allow((*FORMS, "adoption"))


def downgrade() -> None:
    for table in ("interpretation", "interpretationplan"):
        op.execute(f"UPDATE {table} SET form = 'text' WHERE form = 'adoption'")  # noqa: S608
    _allow(FORMS)


def _allow(words: tuple[str, ...]) -> None:
    for table in ("interpretation", "interpretationplan"):
        name = op.f(f"ck_{table}_form")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(name, type_="check")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_check_constraint(name, sa.column("form").in_(words))
