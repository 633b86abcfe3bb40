"""Where a row was not found it is not written: what the way on which it is made does is nothing that happens to one that was found."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/till"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Till(Base):
    __tablename__ = "tills"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/tills/{id}/withdraw")
def withdraw(id: int, cents: int, db: DB):
    till = db.scalars(select(Till).where(Till.id == id).with_for_update()).first()
    if not till:  # want MB104
        till = Till(id=id)
        db.add(till)
    if till.cents < cents:
        raise HTTPException(402)
    till.cents = till.cents - cents
    db.commit()


@app.post("/tills/{id}/change")
def change(id: int, cents: int, db: DB):
    till = db.scalars(select(Till).where(Till.id == id).with_for_update()).first()
    if not till:  # want MB104
        till = Till(id=id)
        db.add(till)
        db.commit()
    if till.cents < cents:
        raise HTTPException(402)
    till.cents = till.cents - cents
    db.commit()


@app.post("/tills/{id}/change-unlocked")
def change_unlocked(id: int, cents: int, db: DB):
    till = db.scalars(select(Till).where(Till.id == id).with_for_update()).first()
    if till:
        db.commit()
    if till.cents < cents:  # want MB110 "tills.cents"
        raise HTTPException(402)
    till.cents = till.cents - cents
    db.commit()
