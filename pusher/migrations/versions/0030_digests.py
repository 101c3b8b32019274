"""digests for subscribers, by day and by week.

Revision: 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = ("first", "reminder", "correction", "interpretation")
RUNS = ("whole", "recall", "ahead")


def upgrade() -> None:
    for table in ("batch", "notice"):
        _allow(table, (*KINDS, "digest"))
    _allow("matchrun", (*RUNS, "digest"))
    op.create_table(
        "digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pace",
            sa.Enum(
                *("at_once", "daily", "weekly"),
                name="pace", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_digest_office_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_digest_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "office_id", "pace", "period_on", name=op.f("uq_digest_office_id_pace_period_on")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_digest_batch_id"), "digest", ["batch_id"])


def downgrade() -> None:
    op.drop_table("digest")
    # an older version knows no digest: what was told so stays told, under the rarest kind
    op.execute("UPDATE batch SET kind = 'interpretation' WHERE kind = 'digest'")
    op.execute("UPDATE notice SET kind = 'interpretation' WHERE kind = 'digest'")
    for table in ("batch", "notice"):
        _allow(table, KINDS)
    op.execute("UPDATE matchrun SET kind = 'recall' WHERE kind = 'digest'")
    _allow("matchrun", RUNS)


def _allow(table: str, words: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_kind")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_check_constraint(name, sa.column("kind").in_(words))
