"""how new a database is, and why a notice is doubtful.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    doubt = sa.Enum("restored", name="doubt", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubt", doubt, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_notice_doubt"), type_="check")
        batch_op.drop_column("doubt")
    op.drop_table("epoch")
