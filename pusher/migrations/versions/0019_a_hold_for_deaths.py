"""a cause of its own for clockworks that die again and again.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CAUSES = ("clock_jump", "restore", "staff")


def upgrade() -> None:
    _allow((*CAUSES, "deaths"))


def downgrade() -> None:
    # one hold more by hand is safer than one less
    op.execute(
        "UPDATE hold SET cause = 'staff' WHERE cause = 'deaths'"
        " AND NOT EXISTS (SELECT 1 FROM hold AS other WHERE other.cause = 'staff')"
    )
    op.execute("DELETE FROM hold WHERE cause = 'deaths'")
    _allow(CAUSES)


def _allow(words: tuple[str, ...]) -> None:
    name = op.f("ck_hold_cause")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_check_constraint(name, sa.column("cause").in_(words))
