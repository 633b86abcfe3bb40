"""Rows that are put into a dictionary by their keys are still the rows that were loaded."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/bakery"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loaf(Base):
    __tablename__ = "loaves"

    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[int]


class Tray(Base):
    __tablename__ = "trays"

    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[int]


class Wish(BaseModel):
    id: int
    count: int


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/orders")
def order(wishes: list[Wish], db: DB):
    loaves = {loaf.id: loaf for loaf in db.scalars(select(Loaf).where(Loaf.id.in_([w.id for w in wishes])))}
    for wish in wishes:
        loaf = loaves.get(wish.id)
        if loaf is None:
            raise HTTPException(404)
        if loaf.left < wish.count:  # step MB101 check
            raise HTTPException(409)
        loaf.left -= wish.count  # want MB101 "loaves"
    db.commit()


@app.post("/trays")
def take_trays(wishes: list[Wish], db: DB):
    query = select(Tray).where(Tray.id.in_([w.id for w in wishes])).order_by(Tray.id).with_for_update()
    trays = {tray.id: tray for tray in db.scalars(query)}
    for wish in wishes:
        if wish.id not in trays:
            raise HTTPException(404)
        tray = trays[wish.id]
        if tray.left < wish.count:
            raise HTTPException(409)
        tray.left -= wish.count
    db.commit()


@app.get("/loaves")
def names(ids: str, db: DB):
    loaves = {loaf.id: loaf for loaf in db.scalars(select(Loaf).where(Loaf.id.in_(ids.split(","))))}
    return [loaves[i].left for i in sorted(loaves)]
