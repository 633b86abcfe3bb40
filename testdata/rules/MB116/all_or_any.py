"""Whoever goes on with a single row, or takes all rows away that were counted, does not keep one; nor does who gives a row the value that was looked for."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/archive"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Box(Base):
    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int]
    label: Mapped[str]


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    ship_id: Mapped[int]
    label: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def boxes_on(shelf_id: int, db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Box).where(Box.shelf_id == shelf_id))


@app.delete("/shelves/{shelf_id}/boxes")
def clear(shelf_id: int, db: DB):
    plan = [{"what": "boxes", "number": boxes_on(shelf_id, db)}]
    if not any(step["number"] for step in plan):
        raise HTTPException(404)
    db.execute(delete(Box).where(Box.shelf_id == shelf_id))
    db.commit()


@app.delete("/shelves/{shelf_id}/boxes/{box_id}")
def take_if_there(shelf_id: int, box_id: int, db: DB):
    if boxes_on(shelf_id, db) < 1:
        raise HTTPException(404)
    db.execute(delete(Box).where(Box.id == box_id, Box.shelf_id == shelf_id))
    db.commit()


@app.delete("/v2/shelves/{shelf_id}/boxes/{box_id}")
def take_but_one(shelf_id: int, box_id: int, db: DB):
    if boxes_on(shelf_id, db) < 2:
        raise HTTPException(409)
    db.execute(delete(Box).where(Box.id == box_id, Box.shelf_id == shelf_id))  # want MB116 "boxes"
    db.commit()


@app.post("/crates/{crate_id}/cancel-others")
def cancel_others(crate_id: int, db: DB):
    crate = db.get_one(Crate, crate_id)
    for other in db.scalars(select(Crate).where(Crate.ship_id == crate.ship_id)).all():
        if other.id != crate.id:
            db.get_one(Crate, other.id).ship_id = 0
    db.commit()


@app.post("/ships/{ship_id}/only")
def only_one(ship_id: int, db: DB):
    found = db.scalars(select(Crate).where(Crate.ship_id == ship_id)).all()
    if len(found) == 1:
        db.get_one(Crate, found[0].id).ship_id = 0
    db.commit()


@app.put("/v2/crates/{crate_id}")
def relabel(crate_id: int, label: str, db: DB):
    found = db.scalar(select(Crate).where(Crate.label == label))
    if found and found.id != crate_id:  # want MB103 "nobody has the name"
        raise HTTPException(409)
    db.get_one(Crate, crate_id).label = label
    db.commit()
