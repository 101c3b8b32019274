"""what is owed by a day: duties.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = (
    "policy_unconfirmed",
    "policy_unsent",
    "policy_expiring",
    "correction_unsent",
    "batch_unapproved",
    "notices_unsure",
    "replies_open",
    "questions_open",
    "visits_open",
    "contacts_doubtful",
    "interpretation_overdue",
    "second_interpretation",
)
STATES = ("open", "done", "dropped")
LEVELS = ("none", "general", "supervised", "head")


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("kind", KINDS), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("opened_at", columns.Moment(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("state", _words("state", STATES), nullable=False),
        sa.Column("level", _words("level", LEVELS), nullable=False),
        sa.Column("escalated_at", columns.Moment(), nullable=True),
        sa.Column("closed_by", sa.String(length=20), nullable=True),
        sa.Column("closed_at", columns.Moment(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)",
            name=op.f("ck_duty_closed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_duty_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_office_id"), "duty", ["office_id"])
    op.create_index(
        "uq_duty_open",
        "duty",
        ["office_id", "kind", "about"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("duty")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
