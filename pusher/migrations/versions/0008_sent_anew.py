"""an unsure notice may be replaced by another.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = ["policy_id", "kind", "channel", "address_index"]


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_at", columns.Moment(), nullable=True))
    _index("state NOT IN ('withheld', 'failed') AND replaced_at IS NULL")


def downgrade() -> None:
    # the older program knows one text for one address: what was replaced counts as given up
    op.execute("UPDATE notice SET state = 'failed' WHERE replaced_at IS NOT NULL")
    _index("state NOT IN ('withheld', 'failed')")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("replaced_at")


def _index(where: str) -> None:
    op.drop_index("uq_notice_once", table_name="notice")
    op.create_index(
        "uq_notice_once",
        "notice",
        _COLUMNS,
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
