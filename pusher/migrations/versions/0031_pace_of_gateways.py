"""what a gateway was handed in a second and in a day is found quickly.

Revision: 0031, after 0030.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempt_gateway_at", "attempt", ["gateway", "at"])


def downgrade() -> None:
    op.drop_index("ix_attempt_gateway_at", table_name="attempt")
