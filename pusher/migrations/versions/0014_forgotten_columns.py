"""who is forgotten leaves no copy in the columns of facts.

Revision: 0014, after 0013.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GONE = "OLD.facts_sealed IS NOT NULL AND NEW.facts_sealed IS NULL"
DROP = "DELETE FROM factindex WHERE office_id = NEW.office_id;"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION drop_columns() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{DROP} RETURN NULL; END $$"
        )
        op.execute(
            "CREATE TRIGGER profile_forgotten AFTER UPDATE ON profile FOR EACH ROW "
            f"WHEN ({GONE}) EXECUTE FUNCTION drop_columns()"
        )
        return
    op.execute(
        "CREATE TRIGGER profile_forgotten AFTER UPDATE OF facts_sealed ON profile "
        f"WHEN {GONE} BEGIN {DROP} END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER profile_forgotten ON profile")
        op.execute("DROP FUNCTION drop_columns()")
    else:
        op.execute("DROP TRIGGER profile_forgotten")
