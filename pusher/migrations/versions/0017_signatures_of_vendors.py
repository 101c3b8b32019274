"""which signature of a vendor came with which body.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("came_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "mark", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_came_at"), "signature", ["came_at"])


def downgrade() -> None:
    op.drop_table("signature")
