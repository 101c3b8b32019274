"""codes that citizens ask for, and the short sessions they open.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

RESULTS = ("accepted", "refused", "not_sent", "unsure")


def _word(*allowed: str, name: str) -> sa.Enum:
    return sa.Enum(*allowed, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "publiccode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", _word("join", "mine", name="purpose"), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("place_index", sa.String(length=64), nullable=False),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("until", columns.Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", columns.Moment(), nullable=True),
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("result", _word(*RESULTS, name="result"), nullable=True),
        sa.Column("answer", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publiccode")),
        sa.UniqueConstraint("call", name=op.f("uq_publiccode_call")),
    )
    for column in ("browser", "address_index", "place_index", "at"):
        op.create_index(op.f(f"ix_publiccode_{column}"), "publiccode", [column])
    op.create_table(
        "publicsession",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.Column("seen_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_publicsession_profile_id")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_publicsession")),
    )
    op.create_index(op.f("ix_publicsession_profile_id"), "publicsession", ["profile_id"])


def downgrade() -> None:
    op.drop_table("publicsession")
    op.drop_table("publiccode")
