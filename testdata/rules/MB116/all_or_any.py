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
    state: Mapped[str] = mapped_column(default="kept")


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


@app.post("/boxes/{box_id}/cancel-others")
def cancel_others(box_id: int, db: DB):
    box = db.get_one(Box, box_id)
    for other in db.scalars(select(Box).where(Box.shelf_id == box.shelf_id)).all():
        if other.id != box.id:
            db.get_one(Box, other.id).shelf_id = 0
    db.commit()


@app.post("/shelves/{shelf_id}/only")
def only_one(shelf_id: int, db: DB):
    found = db.scalars(select(Box).where(Box.shelf_id == shelf_id)).all()
    if len(found) == 1:
        db.get_one(Box, found[0].id).shelf_id = 0
    db.commit()
