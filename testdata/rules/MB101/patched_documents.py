"""A document in a column is written back with some entries replaced: who replaces the same ones leaves what the later one would have left,
who replaces others wipes them out."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import JSON, Column, Integer, create_engine, select
from sqlalchemy.orm import Session, declarative_base, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg2://store"))
Base = declarative_base()


class Box(Base):
    __tablename__ = "boxes"
    id = Column(Integer, primary_key=True)
    meta = Column(JSON)


class Crate(Base):
    __tablename__ = "crates"
    id = Column(Integer, primary_key=True)
    meta = Column(JSON)


class Chest(Base):
    __tablename__ = "chests"
    id = Column(Integer, primary_key=True)
    meta = Column(JSON)


class Sack(Base):
    __tablename__ = "sacks"
    id = Column(Integer, primary_key=True)
    meta = Column(JSON)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def merge(db: Session, box_id: int, patch: dict) -> None:
    box = db.scalar(select(Box).where(Box.id == box_id))
    if box is None:
        raise HTTPException(404)
    box.meta = {**(box.meta or {}), **patch}
    db.commit()


@app.put("/boxes/{box_id}/channels")
def channels(box_id: int, ids: list[str], db: Session = Depends(get_db)):
    merge(db, box_id, {"channels": ids})  # nobody replaces anything else


@app.put("/crates/{crate_id}/colour")
def paint(crate_id: int, colour: str, db: Session = Depends(get_db)):
    crate = db.get(Crate, crate_id)
    crate.meta = {**crate.meta, "colour": colour}  # want MB101 "crates.meta"
    db.commit()


@app.put("/crates/{crate_id}/weight")
def weigh(crate_id: int, grams: int, db: Session = Depends(get_db)):
    crate = db.get(Crate, crate_id)
    crate.meta = {**crate.meta, "grams": grams}  # want MB101 "crates.meta"
    db.commit()


@app.put("/chests/{chest_id}/{name}")
def label(chest_id: int, name: str, text: str, db: Session = Depends(get_db)):
    chest = db.get(Chest, chest_id)
    chest.meta = {**chest.meta, name: text}  # want MB101 "chests.meta"
    db.commit()


@app.put("/sacks/{sack_id}/opened")
def open_sack(sack_id: int, db: Session = Depends(get_db)):
    sack = db.get(Sack, sack_id)
    sack.meta = {**sack.meta, "opened": sack.meta["opened"] + 1}  # want MB101 "sacks.meta"
    db.commit()
