"""What is taken out of an account is booked as an amount below nought: the sum of the entries is a limit for whoever takes, and none for whoever pays in."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/till"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str]


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    cents: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def balance(db: Session, account: int) -> int:
    return db.scalar(select(func.sum(Entry.cents)).where(Entry.account_id == account)) or 0


@app.post("/accounts/{id}/take")
def take(id: int, cents: int, db: DB):
    if balance(db, id) < cents:  # want MB105 "entries"
        raise HTTPException(409)
    db.add(Entry(account_id=id, cents=-cents))
    db.commit()


@app.post("/accounts/{id}/take-locked")
def take_locked(id: int, cents: int, db: DB):
    db.get(Account, id, with_for_update=True)
    if balance(db, id) < cents:
        raise HTTPException(409)
    db.add(Entry(account_id=id, cents=-cents))
    db.commit()


@app.post("/accounts/{id}/reward")
def reward(id: int, cents: int, db: DB):
    if balance(db, id) < 1000:
        raise HTTPException(409)
    db.add(Entry(account_id=id, cents=cents))
    db.commit()
