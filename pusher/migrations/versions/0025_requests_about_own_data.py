"""what people ask of the office about their own data.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "rightsrequest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *("copy", "forget", "correct"),
                name="kind", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("done_by", sa.String(length=20), nullable=True),
        sa.Column("done_at", columns.Moment(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_rightsrequest_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_rightsrequest_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rightsrequest")),
    )  # fmt: skip
    for column in ("office_id", "profile_id"):
        op.create_index(op.f(f"ix_rightsrequest_{column}"), "rightsrequest", [column])
    op.create_index(
        "uq_rightsrequest_open",
        "rightsrequest",
        ["profile_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("rightsrequest")
