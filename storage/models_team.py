"""The tables about the team itself: who covers for whom, which days are off, and who did what."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Instant
from storage.tables import Owned, belongs


class Cover(SQLModel, table=True):
    """Who looks after a teammate's customers while they are away, and takes them over when they are gone."""

    __table_args__ = (
        belongs("teammate", "teammate_id"),
        belongs("teammate", "cover_id"),
        Index("ix_cover_cover", "workspace_id", "cover_id"),
        CheckConstraint("teammate_id <> cover_id", name="somebody_else"),
    )

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="workspace.id")
    teammate_id: int = Field(sa_type=BigInteger, primary_key=True)
    cover_id: int = Field(sa_type=BigInteger)


class CompanyHoliday(Owned, table=True):
    """Days on which nobody in the workspace is nudged, both ends included."""

    __tablename__ = "company_holiday"
    __table_args__ = (
        UniqueConstraint("workspace_id", "first_on", "last_on"),
        CheckConstraint("first_on <= last_on", name="first_on"),
    )

    first_on: date
    last_on: date
    name: str = ""


class AuditRow(Owned, table=True):
    """Who saw, changed, exported or erased what. Append-only, ids and counts alone: it outlives what it names."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_at", "workspace_id", "at"),
        Index("ix_audit_subject", "workspace_id", "subject_kind", "subject_id"),
    )

    at: datetime = Field(sa_type=Instant)
    by_id: int | None = Field(default=None, sa_type=BigInteger)
    verb: str
    subject_kind: str
    subject_id: int | None = Field(default=None, sa_type=BigInteger)
    place: str = ""
    detail: str = ""
