"""terms of policies, by which questions find them.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policyterms",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policyterms_policy_id")
        ),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_policyterms")),
    )


def downgrade() -> None:
    op.drop_table("policyterms")
