"""a binding code may be sent by WeCom.

Revision: 0037, after 0036.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

CHANNELS = ("sms", "wechat")


def upgrade() -> None:
    _allow((*CHANNELS, "wecom"))


def downgrade() -> None:
    # a code is good for half an hour, and worth nothing without its channel
    op.execute("DELETE FROM bindingcode WHERE channel = 'wecom'")
    _allow(CHANNELS)


def _allow(words: tuple[str, ...]) -> None:
    name = op.f("ck_bindingcode_channel")
    with op.batch_alter_table("bindingcode", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
    with op.batch_alter_table("bindingcode", schema=None) as batch_op:
        batch_op.create_check_constraint(name, sa.column("channel").in_(words))
