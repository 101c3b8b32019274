"""The columns of facts that whole offices are judged by, kept so that a start need not read all."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class FactIndex(SQLModel, table=True):
    """One range of an office's profiles as sealed columns. A copy: dropped, it is made anew."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    made_at: datetime = Field(sa_type=Moment)
    rows: int
    columns_sealed: bytes
    """Sealed, packed by `pusher.matching.packing`."""
