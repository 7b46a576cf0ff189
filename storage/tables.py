"""What every table is made of: the metadata with its names, words that the database checks, ties within a workspace."""

from enum import StrEnum

from sqlalchemy import BigInteger, Enum, ForeignKeyConstraint, MetaData, String
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from storage.columns import new_id

metadata = SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(kind: type[StrEnum], name: str) -> Enum:
    """Store a word as text that the database checks."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda words: [word.value for word in words],
    )


# Keys are compared byte by byte on both databases, so that a prefix is a range of the index.
KEY = String().with_variant(postgresql.VARCHAR(collation="C"), "postgresql")


def belongs(table: str, column: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Tie a row to another of the same workspace: no key can point across."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"], ondelete=ondelete)


class Owned(SQLModel):
    """What every row of a workspace begins with."""

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="workspace.id")
    id: int = Field(default_factory=new_id, sa_type=BigInteger, primary_key=True)
