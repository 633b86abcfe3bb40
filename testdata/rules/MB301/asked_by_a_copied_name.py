"""Whom a copy names is looked up anew, and so is what he may do: only who is named may be an old answer, and not his permission."""
import json
from typing import Annotated

import redis
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/app")
make_session = sessionmaker(engine)
store = redis.Redis()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Setting(Base):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Right(Base):
    __tablename__ = "rights"

    id: Mapped[int] = mapped_column(primary_key=True)
    keeper: Mapped[str]
    hall: Mapped[str]


class Exhibit(Base):
    __tablename__ = "exhibits"

    id: Mapped[int] = mapped_column(primary_key=True)
    hall: Mapped[str]
    title: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def setting(name: str, db: Session) -> str:
    kept = store.get("setting:" + name)
    if kept:
        return json.loads(kept)
    value = db.scalar(select(Setting.value).where(Setting.name == name))
    store.set("setting:" + name, json.dumps(value), ex=300)
    return value


def halls_of(keeper: str, db: Session) -> set[str]:
    rights = db.scalars(select(Right).where(Right.keeper == keeper)).all()
    return {right.hall for right in rights if right.keeper == keeper}


@app.put("/exhibits/{exhibit_id}")
def retitle(exhibit_id: int, title: str, db: DB):
    exhibit = db.get_one(Exhibit, exhibit_id)
    if exhibit.hall not in halls_of(setting("keeper", db), db):
        raise HTTPException(403)
    exhibit.title = title
    db.commit()


@app.delete("/exhibits/{exhibit_id}")
def remove(exhibit_id: int, hall: str, db: DB):
    if hall not in setting("open halls", db):  # want MB301 "settings"
        raise HTTPException(403)
    db.delete(db.get_one(Exhibit, exhibit_id))
    db.commit()


@app.put("/settings/{name}")
def configure(name: str, value: str, db: DB):
    db.get_one(Setting, name).value = value
    db.commit()
