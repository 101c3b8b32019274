"""when whoever sits at a session last showed who they are.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staffsession") as table:
        table.add_column(sa.Column("proved_at", columns.Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staffsession") as table:
        table.drop_column("proved_at")
