"""What a generator has decided before it yields is decided for the loop that goes over it."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/deposits"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Deposit(Base):
    __tablename__ = "deposits"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    returned_at: Mapped[datetime | None]


class Payout(Base):
    __tablename__ = "payouts"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def held(db: Session, ids: list[int]):
    for id in ids:
        deposit = db.get(Deposit, id)
        if deposit is None or deposit.returned_at is not None:  # want MB107 "deposits.returned_at"
            continue
        yield deposit


def held_locked(db: Session, ids: list[int]):
    for id in ids:
        deposit = db.get(Deposit, id, with_for_update=True)
        if deposit is None or deposit.returned_at is not None:
            continue
        yield deposit


@app.post("/deposits/return")
def give_back(ids: list[int], now: datetime, db: DB):
    for deposit in held(db, ids):
        db.add(Payout(cents=deposit.cents))
        deposit.returned_at = now
    db.commit()


@app.post("/deposits/return-locked")
def give_back_locked(ids: list[int], now: datetime, db: DB):
    for deposit in held_locked(db, ids):
        db.add(Payout(cents=deposit.cents))
        deposit.returned_at = now
    db.commit()
