"""Interpretations as a noun of their own; those that were read so far wait for staff.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

from profiles.columns import Moment, new_id

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_FORMS = ("text", "picture", "video", "answers", "brief", "press")
_STAGES = ("before", "at", "after")
_TIES = ("number", "title", "index", "staff")


def upgrade() -> None:
    op.create_table(
        "interpretation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("tied_by", _word("tied_by", *_TIES), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("form", _word("form", *_FORMS), nullable=False),
        sa.Column("stage", _word("stage", *_STAGES), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("department", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("address", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("checked_by", sa.String(length=20), nullable=True),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_interpretation_{column}"))
            for column, of in (
                ("office_id", "office.id"), ("policy_id", "policy.id"), ("document_id", "policy.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation")),
        sa.UniqueConstraint("document_id", name=op.f("uq_interpretation_document_id")),
    )  # fmt: skip
    for column in ("office_id", "policy_id"):
        op.create_index(op.f(f"ix_interpretation_{column}"), "interpretation", [column])
    _keep_those_read_so_far()


def downgrade() -> None:
    op.drop_table("interpretation")


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _keep_those_read_so_far() -> None:
    policy = sa.table(
        "policy",
        *(sa.column(name, sa.Uuid()) for name in ("id", "office_id")),
        *(sa.column(name, sa.String()) for name in ("title", "genre", "state")),
        sa.column("published_on", sa.Date()),
        sa.column("read_at", Moment()),
    )
    interpretation = sa.table(
        "interpretation",
        *(sa.column(name, sa.Uuid()) for name in ("id", "office_id", "document_id")),
        *(sa.column(name, sa.String()) for name in ("title", "form", "stage", "by")),
        sa.column("published_on", sa.Date()),
        sa.column("version", sa.Integer()),
        sa.column("at", Moment()),
    )
    read = op.get_bind().execute(
        sa.select(policy).where(policy.c.genre == "interpretation", policy.c.state == "read")
    )
    rows = [
        {
            "id": new_id(), "office_id": one.office_id, "document_id": one.id,
            "title": one.title, "form": "text", "stage": "at", "published_on": one.published_on,
            "version": 1, "by": "cli", "at": one.read_at,
        }
        for one in read
    ]  # fmt: skip
    if rows:
        op.bulk_insert(interpretation, rows)
