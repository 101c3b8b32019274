"""recalls: runs that look for who has come to fit since.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("whole", "recall", "ahead")


def upgrade() -> None:
    with op.batch_alter_table("matchrun", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
                nullable=False,
                server_default="whole",
            )
        )
    with op.batch_alter_table("matchrun", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
    op.add_column(
        "match", sa.Column("recalled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "uq_match_recalled_once",
        "match",
        ["policy_id", "profile_id"],
        unique=True,
        sqlite_where=sa.text("recalled"),
        postgresql_where=sa.text("recalled"),
    )


def downgrade() -> None:
    op.drop_index("uq_match_recalled_once", table_name="match")
    op.drop_column("match", "recalled")
    with op.batch_alter_table("matchrun", schema=None) as batch_op:
        batch_op.drop_constraint("kind", type_="check")
        batch_op.drop_column("kind")
