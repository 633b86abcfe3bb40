"""Several are looked for at a time: a unique key keeps each of them from being there twice."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/cloak"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hook(Base):
    __tablename__ = "hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Locker(Base):
    __tablename__ = "lockers"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/hooks")
def hang(numbers: list[int], db: DB):
    if db.scalars(select(Hook).where(Hook.number.in_(numbers))).all():
        raise HTTPException(409)
    for number in numbers:
        db.add(Hook(number=number))  # want MB103 "hooks"
    db.commit()


@app.post("/lockers")
def lock(numbers: list[int], db: DB):
    if db.scalars(select(Locker).where(Locker.number.in_(numbers))).all():
        raise HTTPException(409)
    for number in numbers:
        db.add(Locker(number=number))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
