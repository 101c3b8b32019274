"""other systems that call us, and their calls.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_program_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
        sa.UniqueConstraint("name", name=op.f("uq_program_name")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_program_token_sha256")),
    )
    op.create_index(op.f("ix_program_office_id"), "program", ["office_id"])
    op.create_table(
        "programcall",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", columns.Moment(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_programcall_program_id")
        ),
        sa.PrimaryKeyConstraint("program_id", "key", name=op.f("pk_programcall")),
    )


def downgrade() -> None:
    op.drop_table("programcall")
    op.drop_table("program")
