"""codes by which followers are bound at the counter.

Revision: 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bindingcode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "sms", "wechat", name="channel", native_enum=False, create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("until", columns.Moment(), nullable=False),
        sa.Column("used_at", columns.Moment(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_bindingcode_profile_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_bindingcode_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindingcode")),
    )  # fmt: skip
    for column in ("profile_id", "code_index"):
        op.create_index(op.f(f"ix_bindingcode_{column}"), "bindingcode", [column])


def downgrade() -> None:
    op.drop_table("bindingcode")
