"""Rows that are looked up by constants as their keys: who writes the row of one name turns nothing of the row of another."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import JSON, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/kiln"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Setting(Base):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict] = mapped_column(JSON)


class Firing(Base):
    __tablename__ = "firings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict] = mapped_column(JSON)


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def found(db: Session, table, name: str):
    return db.execute(select(table).where(table.name == name)).scalar_one_or_none()


@app.post("/heat/cool")
def cool(db: DB):
    row = found(db, Setting, "heat")
    if row:
        row.value = {**row.value, "degrees": 20}
        db.commit()


@app.put("/draught")
def open_draught(width: int, db: DB):
    row = found(db, Setting, "draught")
    if row:
        row.value = {"width": width}
        db.commit()


@app.get("/heat")
def heat(db: DB):
    row = found(db, Setting, "heat")
    return row and row.value


@app.post("/firings/done")
def done(db: DB):
    row = found(db, Firing, "last")
    if row:
        row.value = {**row.value, "done": True}  # want MB101 "POST /firings/done and one to PUT /firings/last"
        db.commit()


@app.put("/firings/draught")
def draught(width: int, db: DB):
    row = found(db, Firing, "draught")
    if row:
        row.value = {"width": width}
        db.commit()


@app.put("/firings/last")
def begin(clay: str, db: DB):
    row = found(db, Firing, "last")
    if row:
        row.value = {"clay": clay}
        db.commit()
