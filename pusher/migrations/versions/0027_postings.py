"""sheets on notice boards, and their photographs.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(), nullable=True),
        sa.Column("community", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("posted_by", sa.String(length=20), nullable=False),
        sa.Column("noted_at", columns.Moment(), nullable=False),
        sa.Column("taken_down_on", sa.Date(), nullable=True),
        sa.Column("taken_down_by", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_posting_office_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_posting_policy_id")),
        sa.ForeignKeyConstraint(
            ["street_code"], ["street.code"], name=op.f("fk_posting_street_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    for column in ("office_id", "policy_id", "street_code"):
        op.create_index(op.f(f"ix_posting_{column}"), "posting", [column])
    op.create_index(
        "uq_posting_hanging",
        "posting",
        ["policy_id", "community", "place"],
        unique=True,
        sqlite_where=sa.text("taken_down_on IS NULL"),
        postgresql_where=sa.text("taken_down_on IS NULL"),
    )
    op.create_table(
        "postingphoto",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=20), nullable=False),
        sa.Column("added_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["posting.id"], name=op.f("fk_postingphoto_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postingphoto")),
    )


def downgrade() -> None:
    op.drop_table("postingphoto")
    op.drop_table("posting")
