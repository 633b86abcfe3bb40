"""Rows that come out of a sub-select are the rows that it selects."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("mysql+pymysql://localhost/ledger"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Log(Base):
    __tablename__ = "logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    thing: Mapped[str]
    who: Mapped[int]


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]

FIRST = text(
    "SELECT t.thing, t.who FROM ("
    " SELECT thing, who, ROW_NUMBER() OVER (PARTITION BY thing ORDER BY id) AS n FROM logs WHERE kind = :kind AND thing = :thing"
    ") t WHERE t.n = 1"
)


@app.put("/things/{thing_id}")
def retitle(thing_id: int, title: str, caller: int, db: DB):
    rows = db.execute(FIRST, {"kind": "made", "thing": thing_id}).all()
    if caller not in [row[1] for row in rows if row[1]] and caller != 1:
        raise HTTPException(403)
    db.get_one(Thing, thing_id).title = title
    db.add(Log(kind="retitled", thing=thing_id, who=caller))
    db.commit()


@app.post("/things/{thing_id}/claim")
def claim(thing_id: int, caller: int, db: DB):
    rows = db.execute(FIRST, {"kind": "claimed", "thing": thing_id}).all()
    if rows:  # want MB103 "logs"
        raise HTTPException(409)
    db.add(Log(kind="claimed", thing=thing_id, who=caller))
    db.commit()
