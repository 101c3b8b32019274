"""Worksheets of the hotline: the files they came in, and which policy each is about.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from profiles.columns import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotlineimport",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_hotlineimport_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotlineimport")),
    )
    op.create_index(op.f("ix_hotlineimport_office_id"), "hotlineimport", ["office_id"])
    op.create_table(
        "hotlinecall",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=True),
        sa.Column("area", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_hotlinecall_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["hotlineimport.id"], name=op.f("fk_hotlinecall_import_id")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_hotlinecall")),
    )
    op.create_index(op.f("ix_hotlinecall_import_id"), "hotlinecall", ["import_id"])
    op.create_table(
        "questiontie",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_questiontie_question_id")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_questiontie")),
    )


def downgrade() -> None:
    for table in ("questiontie", "hotlinecall", "hotlineimport"):
        op.drop_table(table)
