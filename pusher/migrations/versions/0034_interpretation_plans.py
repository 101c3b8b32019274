"""Plans of interpretations: who explains a policy, how and by when.

Revision: 0034, after 0033.
"""

import sqlalchemy as sa
from alembic import op

from profiles.columns import Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_FORMS = ("text", "picture", "video", "answers", "brief", "press")
_STAGES = ("before", "at", "after")


def upgrade() -> None:
    op.create_table(
        "interpretationplan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("stage", _word("stage", *_STAGES), nullable=False),
        sa.Column("form", _word("form", *_FORMS), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("waived_because", sa.String(length=200), nullable=True),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_interpretationplan_{column}"))
            for column, of in (("office_id", "office.id"), ("policy_id", "policy.id"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretationplan")),
        sa.UniqueConstraint("policy_id", name=op.f("uq_interpretationplan_policy_id")),
    )
    op.create_index(op.f("ix_interpretationplan_office_id"), "interpretationplan", ["office_id"])


def downgrade() -> None:
    op.drop_table("interpretationplan")


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
