"""holds, and what the clocks showed at a sign of life.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CAUSES = ("clock_jump", "restore", "staff")


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column(
            "cause",
            sa.Enum(*_CAUSES, name="cause", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("cause", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("heartbeat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("machine_at", columns.Moment(), nullable=True))
        batch_op.add_column(sa.Column("boot_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("boot_s", sa.Float(), nullable=True))
    # until now the kill switch of everything was a pause of the gateway "*"
    op.execute(
        'INSERT INTO hold (cause, because, "by", since)'
        " SELECT 'staff', because, \"by\", since FROM pause WHERE gateway = '*'"
    )
    op.execute("DELETE FROM pause WHERE gateway = '*'")


def downgrade() -> None:
    op.execute(
        'INSERT INTO pause (gateway, because, "by", since)'
        " SELECT '*', because, \"by\", since FROM hold ORDER BY cause DESC LIMIT 1"
    )
    with op.batch_alter_table("heartbeat", schema=None) as batch_op:
        batch_op.drop_column("boot_s")
        batch_op.drop_column("boot_id")
        batch_op.drop_column("machine_at")
    op.drop_table("hold")
