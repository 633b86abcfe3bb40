"""Rows that other rows refer to: no load of theirs stands in the source."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg://localhost/parts"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    bolts: Mapped[int]
    state: Mapped[str]


class Part(Base):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int] = mapped_column(ForeignKey("crates.id"))
    needs: Mapped[int]
    crate: Mapped[Crate] = relationship()


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/parts/{part_id}/return")
def give_back(part_id: int, db: Session = Depends(get_db)):
    part = db.get(Part, part_id)
    if part.crate:
        part.crate.bolts += (part.needs or 0)
    db.commit()


@app.post("/parts/{part_id}/take")
def take(part_id: int, db: Session = Depends(get_db)):
    part = db.get(Part, part_id)
    if part.crate.bolts < part.needs:
        raise HTTPException(409, "too few")
    part.crate.bolts -= part.needs
    db.commit()


@app.post("/parts/{part_id}/close")
def close(part_id: int, db: Session = Depends(get_db)):
    part = db.get(Part, part_id)
    if part.needs > 0:
        crate = part.crate
        if crate.state == "open":
            crate.state = "closed"
            print("closed", crate.id)
    db.commit()


@app.post("/parts/return")
def give_all_back(parts: list[int], db: Session = Depends(get_db)):
    for part_id in parts:
        part = db.get(Part, part_id)
        part.crate.bolts += part.needs
    db.commit()
    return {"ok": True}
