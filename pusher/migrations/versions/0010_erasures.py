"""That somebody asked to be forgotten, and notices that may lose their text once they are done.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from profiles import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WHOLE = (
    "(channel IS NOT NULL AND address_index IS NOT NULL"
    " AND contact_id IS NOT NULL AND text_sealed IS NOT NULL)"
)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", columns.Moment(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("finished_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_erasure_profile_id")),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("notice") as table:
        table.drop_constraint(op.f("ck_notice_addressed"), type_="check")
        table.create_check_constraint(
            op.f("ck_notice_addressed"), f"state NOT IN ('drafted', 'handing') OR {_WHOLE}"
        )


def downgrade() -> None:
    # what was emptied stays empty; the older program asks for something in its place
    notice = sa.table(
        "notice", sa.column("state"), sa.column("address_index"), sa.column("text_sealed"),
        sa.column("id"),
    )  # fmt: skip
    done = notice.c.state != "withheld"
    gone = sa.literal("gone ") + sa.cast(notice.c.id, sa.Text)
    op.execute(
        notice.update().where(done, notice.c.address_index.is_(None)).values(address_index=gone)
    )
    op.execute(notice.update().where(done, notice.c.text_sealed.is_(None)).values(text_sealed=b""))
    with op.batch_alter_table("notice") as table:
        table.drop_constraint(op.f("ck_notice_addressed"), type_="check")
        table.create_check_constraint(
            op.f("ck_notice_addressed"), f"state = 'withheld' OR {_WHOLE}"
        )
    op.drop_table("erasure")
