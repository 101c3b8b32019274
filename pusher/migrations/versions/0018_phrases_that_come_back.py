"""a phrase of the office that was dropped can be restored.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("officephrase") as table:
        table.add_column(sa.Column("dropped_by", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("dropped_at", columns.Moment(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM officephrase WHERE dropped_at IS NOT NULL")
    with op.batch_alter_table("officephrase") as table:
        table.drop_column("dropped_at")
        table.drop_column("dropped_by")
