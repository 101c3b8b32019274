"""Topics: what many ask alike of one policy.

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

from profiles.columns import Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "topic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("hot_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.String(length=20), nullable=True),
        sa.Column("interpretation_id", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "settled_at IS NULL OR hot_at IS NOT NULL", name=op.f("ck_topic_settled_was_hot")
        ),
        *(
            sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_topic_{column}"))
            for column, of in (
                ("office_id", "office.id"),
                ("policy_id", "policy.id"),
                ("interpretation_id", "interpretation.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    for column in ("office_id", "policy_id"):
        op.create_index(op.f(f"ix_topic_{column}"), "topic", [column])
    op.create_table(
        "topicquestion",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_topicquestion_question_id")
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topicquestion_topic_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_topicquestion")),
    )
    op.create_index(op.f("ix_topicquestion_topic_id"), "topicquestion", ["topic_id"])


def downgrade() -> None:
    op.drop_table("topicquestion")
    op.drop_table("topic")
