"""people change: addresses in doubt, guardians of adults, reasons of their own.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("guardian", "agent")
REASONS = (
    "no_consent", "no_sensitive_consent", "opted_out", "cap", "budget", "lapsed", "cancelled",
    "erased", "no_address", "duplicate",
)  # fmt: skip
MEANINGS = ("stop", "maybe_stop", "yes", "satisfied", "dissatisfied", "other")


def upgrade() -> None:
    doubt = sa.Enum(
        "dead_number", "wrong_person", name="doubt", native_enum=False, create_constraint=True,
        length=32,
    )  # fmt: skip
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubt", doubt, nullable=True))
        batch_op.add_column(sa.Column("doubted_at", columns.Moment(), nullable=True))
        batch_op.add_column(sa.Column("sign_at", columns.Moment(), nullable=True))
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("named_on", sa.Date(), nullable=True))
    _allow("guardianship", "kind", (*KINDS, "adult_guardian"))
    _allow(
        "notice",
        "reason",
        (*REASONS, "deceased", "moved_out", "ended", "no_authority", "unconfirmed"),
    )
    _allow("reply", "meaning", (*MEANINGS, "wrong_person"))


def downgrade() -> None:
    op.execute("UPDATE reply SET meaning = 'other' WHERE meaning = 'wrong_person'")
    op.execute("UPDATE notice SET reason = 'no_consent' WHERE reason = 'no_authority'")
    op.execute(
        "UPDATE notice SET reason = 'no_address'"
        " WHERE reason IN ('deceased', 'moved_out', 'ended', 'unconfirmed')"
    )
    # one link of each kind: whoever is an agent as well stays one
    op.execute(
        "DELETE FROM guardianship WHERE kind = 'adult_guardian' AND EXISTS (SELECT 1 FROM"
        " guardianship AS other WHERE other.ward_id = guardianship.ward_id"
        " AND other.guardian_id = guardianship.guardian_id AND other.kind = 'agent')"
    )
    op.execute("UPDATE guardianship SET kind = 'agent' WHERE kind = 'adult_guardian'")
    _allow("reply", "meaning", MEANINGS)
    _allow("notice", "reason", REASONS)
    _allow("guardianship", "kind", KINDS)
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.drop_column("named_on")
        batch_op.drop_column("source")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_column("sign_at")
        batch_op.drop_column("doubted_at")
        batch_op.drop_constraint(op.f("ck_contact_doubt"), type_="check")
        batch_op.drop_column("doubt")


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    """Let a column hold these words: the check is made anew, by hand."""
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_check_constraint(name, sa.column(column).in_(words))
