"""Tables and sessions of the truth matrix, on the engine that TRUTH_DB names."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

URL = os.environ.get("TRUTH_DB", "postgresql+psycopg://localhost/truth")
engine = create_engine(URL, pool_size=20)
SessionLocal = sessionmaker(engine)
KeepingSession = sessionmaker(engine, expire_on_commit=False)
autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
AutocommitSession = sessionmaker(autocommitting)


class Base(DeclarativeBase):
    type_annotation_map = {str: String(40)}


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=100)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))


class Branch(Base):
    __tablename__ = "branches"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="main")


class Guarded(Base):
    """An account whose table refuses a negative balance."""

    __tablename__ = "guarded"
    __table_args__ = (CheckConstraint("balance >= 0"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=100)


class Versioned(Base):
    """An account with an optimistic version."""

    __tablename__ = "versioned"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=100)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Payment(Base):
    """What was paid out, one row a payment: two of them for one balance are the race."""

    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    cents: Mapped[int]


class Token(Base):
    """Can be used once. Its number is never given again, and what was granted on it stays its own."""

    __tablename__ = "tokens"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]


class Grant(Base):
    """What a token was used for."""

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int]


class Owner(Base):
    """May have two pets."""

    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    pets: Mapped[int] = mapped_column(default=2)


class Pet(Base):
    __tablename__ = "pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
    name: Mapped[str]


class Label(Base):
    """One name once for each owner, by constraint."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    name: Mapped[str] = mapped_column(default="blue")


class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[int]
    state: Mapped[str] = mapped_column(default="pending")
    runs: Mapped[int] = mapped_column(default=0)


def get_db() -> Iterator[Session]:
    with SessionLocal() as db:
        yield db


def get_keeping_db() -> Iterator[Session]:
    with KeepingSession() as db:
        yield db


def get_autocommit_db() -> Iterator[Session]:
    with AutocommitSession() as db:
        yield db


def get_committing_db() -> Iterator[Session]:
    with SessionLocal() as db:
        yield db
        db.commit()


DB = Annotated[Session, Depends(get_db)]
KeepingDB = Annotated[Session, Depends(get_keeping_db)]
AutocommitDB = Annotated[Session, Depends(get_autocommit_db)]
