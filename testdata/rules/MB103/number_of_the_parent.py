"""The new row gets a number that is made of the one its parent was found by: the key of numbers keeps a second one out."""
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/lids"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    owner: Mapped[str]


class Lid(Base):
    __tablename__ = "lids"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    crate_id: Mapped[int] = mapped_column(ForeignKey("crates.id"))


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def put(db: Session, crate: Crate, number: str):
    db.add(Lid(number=number, crate_id=crate.id))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/crates/{number}/lid")
def close(number: str, db: DB):
    crate = db.scalars(select(Crate).where(Crate.number == number)).one()
    if db.scalars(select(Lid).where(Lid.crate_id == crate.id)).first():
        raise HTTPException(409)
    put(db, crate, f"{number}-lid")


# Each time another number.
@app.post("/crates/{number}/spare")
def close_anew(number: str, db: DB):
    crate = db.scalars(select(Crate).where(Crate.number == number)).one()
    if db.scalars(select(Lid).where(Lid.crate_id == crate.id)).first():  # want MB103 "lids"
        raise HTTPException(409)
    put(db, crate, f"{number}-{uuid4()}")


# An owner has several crates.
@app.post("/owners/{owner}/lid")
def close_one(owner: str, mark: str, db: DB):
    crate = db.scalars(select(Crate).where(Crate.owner == owner, Crate.number == mark)).one()
    if db.scalars(select(Lid).where(Lid.crate_id == crate.id)).first():
        raise HTTPException(409)
    put(db, crate, f"{owner}-{mark}")


@app.post("/owners/{owner}/first")
def close_first(owner: str, db: DB):
    crate = db.scalars(select(Crate).where(Crate.owner == owner)).first()
    if db.scalars(select(Lid).where(Lid.crate_id == crate.id)).first():  # want MB103 "lids"
        raise HTTPException(409)
    put(db, crate, f"{owner}-lid")
