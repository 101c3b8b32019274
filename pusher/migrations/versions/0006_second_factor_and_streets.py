"""A second factor for some staff, streets for community workers, an audit that cannot be edited.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = ("viewer", "clerk", "reviewer", "admin", "auditor")


def upgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("ck_staff_role"), type_="check")
        table.create_check_constraint(op.f("ck_staff_role"), _one_of(*ROLES, "community"))
    with op.batch_alter_table("staffsession") as table:
        table.add_column(sa.Column("half", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "staffstreet",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staffstreet_staff_id")),
        sa.ForeignKeyConstraint(
            ["street_code"], ["street.code"], name=op.f("fk_staffstreet_street_code")
        ),
        sa.PrimaryKeyConstraint("staff_id", "street_code", name=op.f("pk_staffstreet")),
    )
    for statement in _REFUSE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in _ALLOW[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("staffstreet")
    with op.batch_alter_table("staffsession") as table:
        table.drop_column("half")
    # an account of a role that the older program does not know can only be closed
    op.execute(
        "UPDATE staff SET role = 'viewer', disabled_at = created_at WHERE role = 'community'"
    )
    with op.batch_alter_table("staff") as table:
        table.drop_constraint(op.f("ck_staff_role"), type_="check")
        table.create_check_constraint(op.f("ck_staff_role"), _one_of(*ROLES))
        table.drop_column("totp_step")
        table.drop_column("totp_sealed")


def _one_of(*roles: str) -> str:
    return "role IN (" + ", ".join(f"'{role}'" for role in roles) + ")"


_REFUSE = {
    "sqlite": [
        f"CREATE TRIGGER auditentry_{act.lower()} BEFORE {act} ON auditentry"
        " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
        "CREATE TRIGGER auditentry_change BEFORE UPDATE OR DELETE OR TRUNCATE ON auditentry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
    ],
}
_ALLOW = {
    "sqlite": ["DROP TRIGGER auditentry_update", "DROP TRIGGER auditentry_delete"],
    "postgresql": [
        "DROP TRIGGER auditentry_change ON auditentry",
        "DROP FUNCTION refuse_audit_change()",
    ],
}
