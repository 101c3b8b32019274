"""a channel of its own for WeCom.

Revision: 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CHANNELS = ("sms", "wechat")
TABLES = ("contact", "optout", "notice", "reply")


def upgrade() -> None:
    _allow((*CHANNELS, "wecom"))


def downgrade() -> None:
    # addresses and notices of the new channel are no other channel's: where there are any the
    # database refuses, and nothing of them is lost
    _allow(CHANNELS)


def _allow(words: tuple[str, ...]) -> None:
    for table in TABLES:
        name = op.f(f"ck_{table}_channel")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(name, type_="check")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_check_constraint(name, sa.column("channel").in_(words))
