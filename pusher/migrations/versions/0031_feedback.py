"""what recipients say of a notice.

Revision: 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SAYS = ("useful", "useless", "not_mine", "question")


def upgrade() -> None:
    said = sa.Enum(*SAYS, name="feedback", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", said, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_question_feedback"), type_="check")
        batch_op.drop_column("feedback")
