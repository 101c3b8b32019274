"""What staff corrected of a draft, and the office's own phrases.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from profiles.columns import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


_MENDINGS = ("added", "struck", "changed", "decided")


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=False),
        sa.Column(
            "mending",
            sa.Enum(
                *_MENDINGS, name="mending", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("made_by", sa.String(length=20), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_correction_office_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_correction_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    for column in ("office_id", "policy_id", "family"):
        op.create_index(op.f(f"ix_correction_{column}"), "correction", [column])
    op.create_table(
        "officephrase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=40), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(length=20), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_officephrase_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officephrase")),
        sa.UniqueConstraint("office_id", "words", name=op.f("uq_officephrase_office_id_words")),
    )
    op.create_index(op.f("ix_officephrase_office_id"), "officephrase", ["office_id"])


def downgrade() -> None:
    op.drop_table("officephrase")
    op.drop_table("correction")
