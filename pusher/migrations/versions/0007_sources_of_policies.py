"""The files that policies were read from, what became of each, and columns that are watched.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watchedcolumn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("modified", sa.String(length=100), nullable=True),
        sa.Column("looked_at", columns.Moment(), nullable=True),
        sa.Column("next_at", columns.Moment(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("added_by", sa.String(length=20), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_watchedcolumn_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchedcolumn")),
        sa.UniqueConstraint(
            "office_id", "address", name=op.f("uq_watchedcolumn_office_id_address")
        ),
    )
    with op.batch_alter_table("watchedcolumn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watchedcolumn_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_watchedcolumn_office_id"), ["office_id"], unique=False)

    op.create_table(
        "intake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "version",
                "known",
                "refused",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_intake_office_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_intake_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("office_id", "ticket", name=op.f("uq_intake_office_id_ticket")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_policy_id"), ["policy_id"], unique=False)

    op.create_table(
        "policycitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "interprets",
                "repeals",
                "forwards",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("document_number", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("quote", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policycitation_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policycitation")),
    )
    with op.batch_alter_table("policycitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policycitation_document_number"), ["document_number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_policycitation_policy_id"), ["policy_id"], unique=False
        )

    op.create_table(
        "policycorrection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("was", sa.String(length=400), nullable=True),
        sa.Column("became", sa.String(length=400), nullable=True),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policycorrection_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policycorrection")),
    )
    with op.batch_alter_table("policycorrection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policycorrection_policy_id"), ["policy_id"], unique=False
        )

    op.create_table(
        "policyoriginal",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policyoriginal_policy_id")
        ),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_policyoriginal")),
    )
    op.create_table(
        "watchedpage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("column_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "seen",
                "read",
                "refused",
                "gone",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("modified", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("seen_at", columns.Moment(), nullable=False),
        sa.Column("looked_at", columns.Moment(), nullable=True),
        sa.Column("next_at", columns.Moment(), nullable=False),
        sa.Column("gone_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["column_id"], ["watchedcolumn.id"], name=op.f("fk_watchedpage_column_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_watchedpage_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchedpage")),
        sa.UniqueConstraint("column_id", "address", name=op.f("uq_watchedpage_column_id_address")),
    )
    with op.batch_alter_table("watchedpage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watchedpage_column_id"), ["column_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_watchedpage_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_watchedpage_policy_id"), ["policy_id"], unique=False)

    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "genre",
                sa.Enum(
                    "policy",
                    "notice",
                    "interpretation",
                    "guide",
                    "news",
                    "draft",
                    name="genre",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="policy",
            )
        )
        batch_op.add_column(sa.Column("reposted_by", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("places", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("attachments", sa.JSON(), server_default="[]", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_policy_genre"), type_="check")
        batch_op.drop_column("attachments")
        batch_op.drop_column("places")
        batch_op.drop_column("reposted_by")
        batch_op.drop_column("genre")

    with op.batch_alter_table("watchedpage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watchedpage_policy_id"))
        batch_op.drop_index(batch_op.f("ix_watchedpage_next_at"))
        batch_op.drop_index(batch_op.f("ix_watchedpage_column_id"))

    op.drop_table("watchedpage")
    op.drop_table("policyoriginal")
    with op.batch_alter_table("policycorrection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policycorrection_policy_id"))

    op.drop_table("policycorrection")
    with op.batch_alter_table("policycitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policycitation_policy_id"))
        batch_op.drop_index(batch_op.f("ix_policycitation_document_number"))

    op.drop_table("policycitation")
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intake_policy_id"))
        batch_op.drop_index(batch_op.f("ix_intake_office_id"))
        batch_op.drop_index(batch_op.f("ix_intake_by"))
        batch_op.drop_index(batch_op.f("ix_intake_at"))

    op.drop_table("intake")
    with op.batch_alter_table("watchedcolumn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watchedcolumn_office_id"))
        batch_op.drop_index(batch_op.f("ix_watchedcolumn_next_at"))

    op.drop_table("watchedcolumn")
