"""Who locks the row that he looks for by a value is not told of a rival that does not: the rival's write waits, and what it writes over is told of the rival."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/till"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Till(Base):
    __tablename__ = "tills"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    cents: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/tills/{id}/withdraw")
def withdraw(id: int, cents: int, db: DB):
    till = db.scalars(select(Till).where(Till.owner_id == id).with_for_update()).first()
    if not till:
        raise HTTPException(404)
    if till.cents < cents:
        raise HTTPException(402)
    till.cents = till.cents - cents
    db.commit()


@app.post("/tills/{id}/change")
def change(id: int, cents: int, db: DB):
    till = db.scalars(select(Till).where(Till.owner_id == id)).first()
    if not till:
        raise HTTPException(404)
    if till.cents < cents:  # want MB101 "tills.cents"
        raise HTTPException(402)
    till.cents = till.cents - cents
    db.commit()
