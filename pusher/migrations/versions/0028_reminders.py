"""reminders of deadlines that were drafted.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_reminder_batch_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_reminder_office_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_reminder_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "policy_id", "until", "days", name=op.f("uq_reminder_policy_id_until_days")
        ),
    )
    op.create_index(op.f("ix_reminder_office_id"), "reminder", ["office_id"])
    op.create_index(op.f("ix_reminder_policy_id"), "reminder", ["policy_id"])


def downgrade() -> None:
    op.drop_table("reminder")
