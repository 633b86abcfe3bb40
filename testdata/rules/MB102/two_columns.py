"""A condition of a statement over two columns asks for both of them."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/purse"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]
    reserved: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/purses/{id}/reserve")
def reserve(id: int, cents: int, db: DB):
    purse = db.get(Purse, id)
    if purse.balance - purse.reserved < cents:  # want MB102 "purses"
        raise HTTPException(402)
    db.execute(update(Purse).where(Purse.id == id, Purse.balance >= cents).values(reserved=Purse.reserved + cents))
    db.commit()


@app.post("/purses/{id}/reserve-what-is-left")
def reserve_what_is_left(id: int, cents: int, db: DB):
    purse = db.get(Purse, id)
    if purse.balance - purse.reserved < cents:
        raise HTTPException(402)
    done = db.execute(update(Purse).where(Purse.id == id, Purse.balance - Purse.reserved >= cents).values(reserved=Purse.reserved + cents))
    if done.rowcount == 0:
        raise HTTPException(402)
    db.commit()


@app.post("/purses/{id}/reserve-in-sql")
def reserve_in_sql(id: int, cents: int, db: DB):
    purse = db.get(Purse, id)
    if purse.balance - purse.reserved < cents:
        raise HTTPException(402)
    done = db.execute(
        text("UPDATE purses SET reserved = reserved + :cents WHERE id = :id AND balance - reserved >= :cents"), {"id": id, "cents": cents}
    )
    if done.rowcount == 0:
        raise HTTPException(402)
    db.commit()


@app.post("/purses/{id}/hold")
def hold(id: int, cents: int, db: DB):
    row = db.execute(text("SELECT balance, reserved FROM purses WHERE id = :id"), {"id": id}).one()
    if row.reserved + cents > row.balance:  # want MB102 "purses"
        raise HTTPException(402)
    db.execute(text("UPDATE purses SET reserved = reserved + :cents WHERE id = :id"), {"id": id, "cents": cents})
    db.commit()


@app.post("/purses/{id}/hold-one")
def hold_one(id: int, db: DB):
    row = db.execute(text("SELECT * FROM purses WHERE id = :id"), {"id": id}).mappings().one()
    if row["balance"] <= row["reserved"]:  # want MB102 "purses"
        raise HTTPException(402)
    db.execute(text("UPDATE purses SET reserved = reserved + 1 WHERE id = :id"), {"id": id})
    db.commit()


@app.post("/purses/{id}/hold-locked")
def hold_locked(id: int, cents: int, db: DB):
    row = db.execute(text("SELECT * FROM purses WHERE id = :id FOR UPDATE"), {"id": id}).mappings().one()
    if row["reserved"] + cents > row["balance"]:
        raise HTTPException(402)
    db.execute(text("UPDATE purses SET reserved = reserved + :cents WHERE id = :id"), {"id": id, "cents": cents})
    db.commit()
