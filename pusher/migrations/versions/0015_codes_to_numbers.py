"""codes that are sent to numbers in doubt.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RESULTS = ("accepted", "refused", "not_sent", "unsure")


def upgrade() -> None:
    op.create_table(
        "contactcode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("until", columns.Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", columns.Moment(), nullable=True),
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column(
            "result",
            sa.Enum(*RESULTS, name="result", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contactcode_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contactcode")),
        sa.UniqueConstraint("call", name=op.f("uq_contactcode_call")),
    )
    op.create_index(op.f("ix_contactcode_contact_id"), "contactcode", ["contact_id"])


def downgrade() -> None:
    op.drop_table("contactcode")
