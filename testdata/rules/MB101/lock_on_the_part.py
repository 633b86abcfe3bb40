"""A row is reached through a column of the locked one: others lead to the same row and lock only themselves."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/orchard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Barn(Base):
    __tablename__ = "barns"

    id: Mapped[int] = mapped_column(primary_key=True)
    kilos: Mapped[int]


class Picker(Base):
    __tablename__ = "pickers"

    id: Mapped[int] = mapped_column(primary_key=True)
    barn_id: Mapped[int] = mapped_column(ForeignKey("barns.id"))
    purse_id: Mapped[int] = mapped_column(ForeignKey("purses.id"), unique=True)


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def locked_picker(picker_id: int, db: DB) -> Picker:
    picker = db.scalar(select(Picker).where(Picker.id == picker_id).with_for_update())
    if picker is None:
        raise HTTPException(404)
    return picker


ThePicker = Annotated[Picker, Depends(locked_picker)]


@app.post("/pickers/{picker_id}/crates")
def bring(picker: ThePicker, kilos: int, db: DB):
    barn = db.scalar(select(Barn).where(Barn.id == picker.barn_id))
    barn.kilos = barn.kilos + kilos  # want MB101|MB110 "kilos"
    db.commit()


@app.post("/v2/pickers/{picker_id}/crates")
def bring_locked(picker: ThePicker, kilos: int, db: DB):
    barn = db.scalar(select(Barn).where(Barn.id == picker.barn_id).with_for_update())
    barn.kilos = barn.kilos + kilos
    db.commit()


@app.post("/pickers/{picker_id}/wages")
def pay(picker: ThePicker, cents: int, db: DB):
    # A purse belongs to one picker alone: whoever locks the picker locks it.
    purse = db.scalar(select(Purse).where(Purse.id == picker.purse_id))
    purse.cents = purse.cents + cents
    db.commit()
