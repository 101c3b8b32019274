"""each row of an import, so that it can be gone on with and undone.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("checked", "running", "done", "dropped", "undoing", "undone")
WORDS = ("added", "changed", "unchanged", "rejected", "header", "ended")
ENDS = ("moved_out", "erased", "unlisted", "undone")


def upgrade() -> None:
    with op.batch_alter_table("rosterimport", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", _words("state", STATES), nullable=False, server_default="done")
        )
        batch_op.add_column(
            sa.Column("snapshot", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("source", sa.String(length=60), nullable=True))
        batch_op.add_column(
            sa.Column("by", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("finished_at", columns.Moment(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", columns.Moment(), nullable=True))
        batch_op.add_column(sa.Column("undone_by", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("ended", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(
            batch_op.f("ix_rosterimport_file_sha256"), ["file_sha256"], unique=False
        )
    with op.batch_alter_table("rosterimport", schema=None) as batch_op:
        for name in ("state", "snapshot", "by", "ended"):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        "rosterfile",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["rosterimport.id"], name=op.f("fk_rosterfile_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_rosterfile")),
    )
    op.create_table(
        "rosterrow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("word", _words("word", WORDS), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("trace_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["rosterimport.id"], name=op.f("fk_rosterrow_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_rosterrow_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosterrow")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_rosterrow_import_id_row")),
    )
    with op.batch_alter_table("rosterrow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rosterrow_profile_id"), ["profile_id"], unique=False)
    _ends(ENDS)


def downgrade() -> None:
    op.execute(
        "UPDATE profile SET ended_reason = 'moved_out' WHERE ended_reason IN ('unlisted', 'undone')"
    )
    _ends(ENDS[:2])
    with op.batch_alter_table("rosterrow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rosterrow_profile_id"))
    op.drop_table("rosterrow")
    op.drop_table("rosterfile")
    with op.batch_alter_table("rosterimport", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rosterimport_file_sha256"))
        for name in (
            "ended", "undone_by", "undone_at", "finished_at", "by", "source", "snapshot",
        ):  # fmt: skip
            batch_op.drop_column(name)
        batch_op.drop_constraint("state", type_="check")
        batch_op.drop_column("state")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _ends(words: tuple[str, ...]) -> None:
    """Let a profile end for these reasons: the check is made anew, by hand."""
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.drop_constraint("ended_reason", type_="check")
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_check_constraint("ended_reason", sa.column("ended_reason").in_(words))
