"""engine: postgresql. SQLAlchemy, where the row that is contested is one that another refers to."""
import os

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

DSN = os.environ.get("STORE_DB", "postgresql://localhost/parts")
engine = create_engine(DSN.replace("postgresql://", "postgresql+psycopg://"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    bolts: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bool] = mapped_column(default=False)


class Part(Base):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int] = mapped_column(ForeignKey("crates.id"))
    crate: Mapped[Crate] = relationship()


with engine.begin() as setup:
    Base.metadata.create_all(setup)


def get_db():
    with Session(engine) as session:
        yield session


def load(db: Session, part_id: int) -> Part:
    part = db.get(Part, part_id)
    if part is None:
        raise HTTPException(404)
    return part


@app.post("/parts", status_code=201)
def create_part(db: Session = Depends(get_db)):
    part = Part(crate=Crate())
    db.add(part)
    db.commit()
    return {"id": part.id, "bolts": part.crate.bolts}


@app.get("/parts/{part_id}")
def read_part(part_id: int, db: Session = Depends(get_db)):
    part = load(db, part_id)
    return {"id": part.id, "bolts": part.crate.bolts, "sealed": part.crate.sealed}


@app.post("/parts/{part_id}/return")
def return_bolt(part_id: int, db: Session = Depends(get_db)):
    part = load(db, part_id)
    if part.crate is None:
        raise HTTPException(404)
    part.crate.bolts += 1
    db.commit()
    return {"ok": True}


@app.post("/parts/{part_id}/take")
def take_bolt(part_id: int, db: Session = Depends(get_db)):
    part = load(db, part_id)
    if part.crate.bolts < 1:
        raise HTTPException(409, "none left")
    part.crate.bolts -= 1
    db.commit()
    return {"ok": True}


@app.post("/parts/{part_id}/turn")
def turn_crate(part_id: int, db: Session = Depends(get_db)):
    part = load(db, part_id)
    if part.crate is None:
        raise HTTPException(404)
    part.crate.sealed = not part.crate.sealed
    db.commit()
    return {"ok": True}
