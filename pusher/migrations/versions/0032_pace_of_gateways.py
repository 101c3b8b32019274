"""what a gateway was handed in a second and in a day is found quickly.

Revision: 0032, after 0031.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempt_gateway_at", "attempt", ["gateway", "at"])


def downgrade() -> None:
    op.drop_index("ix_attempt_gateway_at", table_name="attempt")
