"""What was fetched elsewhere is stored where it differs; what a row holds already is given back to it; a row that is gone is not updated."""
import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/plants"))


class Base(DeclarativeBase):
    pass


class Plant(Base):
    __tablename__ = "plants"
    id: Mapped[int] = mapped_column(primary_key=True)
    catalogue: Mapped[str]
    name: Mapped[str]
    watered: Mapped[bool]
    height: Mapped[int]


class Pot(Base):
    __tablename__ = "pots"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    notes: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


def rename(session: Session, plant: Plant, name: str | None, watered: bool | None) -> None:
    if name is not None and plant.name != name:
        plant.name = name
    if watered is not None and plant.watered != watered:
        plant.watered = watered
    session.commit()


@app.post("/plants/{id}/refresh")
def refresh(id: int, session: Session = Depends(db)):
    plant = session.get(Plant, id)
    if plant is None:
        raise HTTPException(404)
    fresh = httpx.get("https://catalogue.example/" + plant.catalogue).json()
    rename(session, plant, fresh["name"], plant.watered)


@app.post("/plants/{id}/grow")
def grow(id: int, by: int, session: Session = Depends(db)):
    plant = session.get(Plant, id)
    if plant is None:
        raise HTTPException(404)
    taller = plant.height + by
    if plant.height != taller:
        plant.height = taller  # want MB101 "height"
    session.commit()


@app.put("/pots/{id}")
def change_pot(id: int, body: dict, session: Session = Depends(db)):
    pot = session.get(Pot, id)
    if pot is None:  # want MB118 "StaleDataError"
        raise HTTPException(404)
    for field in ("label", "notes"):
        if field in body:
            setattr(pot, field, body[field])
    session.commit()


@app.delete("/pots/{id}")
def delete_pot(id: int, session: Session = Depends(db)):
    pot = session.get(Pot, id)
    if pot is None:
        raise HTTPException(404)
    session.delete(pot)
    session.commit()
