"""SERIALIZABLE with a retry loop: one winner, and the loser tries again."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/hotel", isolation_level="SERIALIZABLE")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Stay(Base):
    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[str]


def book_once(night: str) -> None:
    with Session(engine) as db, db.begin():
        if db.scalar(select(func.count()).select_from(Stay).where(Stay.night == night)) >= 40:
            raise HTTPException(409, "full")
        db.add(Stay(night=night))


@app.post("/stays/{night}")
def book(night: str):
    for _ in range(5):
        try:
            return book_once(night)
        except DBAPIError as e:
            if getattr(e.orig, "sqlstate", "") != "40001":
                raise
    raise HTTPException(503, "busy")
