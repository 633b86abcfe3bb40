"""A validator of an object that is made of a row tests the shape of its values, and takes no decision about the row."""
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, field_validator
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/kiln"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Kiln(Base):
    __tablename__ = "kilns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str]
    heat: Mapped[int]


class KilnView(BaseModel):
    name: str
    heat: int

    @field_validator("heat")
    @classmethod
    def bearable(cls, heat: int) -> int:
        if heat > 1400:
            raise ValueError("no kiln bears that")
        return heat


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/kilns/{kiln_id}/light")
def light(kiln_id: int, db: Session = Depends(get_db)):
    kiln = db.get(Kiln, kiln_id)
    KilnView(name=kiln.name, heat=kiln.heat)
    kiln.heat = 900
    kiln.state = "lit"
    db.commit()


@app.post("/kilns/{kiln_id}/fire")
def fire(kiln_id: int, db: Session = Depends(get_db)):
    kiln = db.get(Kiln, kiln_id)
    if kiln.state != "lit":  # want MB107 "kilns.state"
        raise HTTPException(409)
    view = KilnView(name=kiln.name, heat=kiln.heat)
    kiln.state = "firing"
    db.commit()
    return view


@app.post("/kilns/{kiln_id}/fire-locked")
def fire_locked(kiln_id: int, db: Session = Depends(get_db)):
    kiln = db.scalars(select(Kiln).where(Kiln.id == kiln_id).with_for_update()).one()
    if kiln.state != "lit":
        raise HTTPException(409)
    view = KilnView(name=kiln.name, heat=kiln.heat)
    kiln.state = "firing"
    db.commit()
    return view
