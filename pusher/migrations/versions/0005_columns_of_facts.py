"""columns of facts.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WATCHED = "facts_sealed, street_code, ended_on, kind, office_id"
NEXT = "UPDATE profile SET touched = (SELECT max(touched) + 1 FROM profile) WHERE id = NEW.id"


def upgrade() -> None:
    op.create_table(
        "factindex",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_factindex_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factindex")),
    )
    op.create_index(op.f("ix_factindex_office_id"), "factindex", ["office_id"])
    op.add_column(
        "profile", sa.Column("touched", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index(op.f("ix_profile_touched"), "profile", ["touched"])
    if op.get_bind().dialect.name == "postgresql":
        # ids of transactions rise, and a snapshot tells below which none is still running
        op.execute(
            "CREATE FUNCTION touch_profile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "NEW.touched := pg_current_xact_id()::text::bigint; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER profile_touched BEFORE INSERT OR UPDATE ON profile "
            "FOR EACH ROW EXECUTE FUNCTION touch_profile()"
        )
        return
    # writers stand in line, so the next number is enough
    op.execute(f"CREATE TRIGGER profile_added AFTER INSERT ON profile BEGIN {NEXT}; END")
    op.execute(
        f"CREATE TRIGGER profile_changed AFTER UPDATE OF {WATCHED} ON profile BEGIN {NEXT}; END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER profile_touched ON profile")
        op.execute("DROP FUNCTION touch_profile()")
    else:
        op.execute("DROP TRIGGER profile_added")
        op.execute("DROP TRIGGER profile_changed")
    op.drop_index(op.f("ix_profile_touched"), table_name="profile")
    op.drop_column("profile", "touched")
    op.drop_index(op.f("ix_factindex_office_id"), table_name="factindex")
    op.drop_table("factindex")
