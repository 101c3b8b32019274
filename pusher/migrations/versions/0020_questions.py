"""what people ask.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SOURCES = ("ask", "hotline", "feedback", "reply")


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(*SOURCES, name="source", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("tag_code", sa.String(length=40), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("confident", sa.Boolean(), nullable=True),
        sa.Column("clauses", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("external_number", sa.String(length=64), nullable=True),
        sa.Column("handled_by", sa.String(length=20), nullable=True),
        sa.Column("handled_at", columns.Moment(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_question_notice_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_question_office_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_question_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "office_id", "source", "external_number",
            name=op.f("uq_question_office_id_source_external_number"),
        ),
    )  # fmt: skip
    for column in ("at", "notice_id", "office_id", "policy_id", "tag_code"):
        op.create_index(op.f(f"ix_question_{column}"), "question", [column])


def downgrade() -> None:
    op.drop_table("question")
