"""The first of several rows that clashes: that there is none says nothing of whether there are others."""
from datetime import datetime

from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/hall")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hall(Base):
    __tablename__ = "halls"
    id: Mapped[int] = mapped_column(primary_key=True)


class Concert(Base):
    __tablename__ = "concerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    hall_id: Mapped[int]
    begins: Mapped[datetime]
    ends: Mapped[datetime]


def planned(s: Session, hall: int):
    return s.scalars(select(Concert).where(Concert.hall_id == hall))


@app.post("/a/halls/{hall}")
def by_next(hall: int, begins: datetime, ends: datetime):
    with Session(engine) as s:
        clash = next((c for c in planned(s, hall) if c.begins < ends and begins < c.ends), None)
        if clash:  # want MB103 "concerts"
            raise HTTPException(409, f"concert {clash.id} is there")
        s.add(Concert(hall_id=hall, begins=begins, ends=ends))
        s.commit()


@app.post("/b/halls/{hall}")
def by_break(hall: int, begins: datetime, ends: datetime):
    with Session(engine) as s:
        clash = None
        for concert in planned(s, hall):
            if concert.begins < ends and begins < concert.ends:
                clash = concert
                break
        if clash is not None:  # want MB103 "concerts"
            raise HTTPException(409)
        s.add(Concert(hall_id=hall, begins=begins, ends=ends))
        s.commit()


@app.post("/c/halls/{hall}")
def hall_locked_ok(hall: int, begins: datetime, ends: datetime):
    with Session(engine) as s:
        s.execute(select(Hall.id).where(Hall.id == hall).with_for_update())
        clash = next((c for c in planned(s, hall) if c.begins < ends and begins < c.ends), None)
        if clash:
            raise HTTPException(409)
        s.add(Concert(hall_id=hall, begins=begins, ends=ends))
        s.commit()
