"""MySQL: an earlier read of the transaction fixed the snapshot in which the count looks."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("mysql+pymysql://app@localhost/club"))
app = FastAPI()
LIMIT = 12


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)


class Boat(Base):
    __tablename__ = "boats"

    id: Mapped[int] = mapped_column(primary_key=True)


class Rower(Base):
    __tablename__ = "rowers"

    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boats.id"))
    person_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/boats/{boat_id}/rowers")
def board(boat_id: int, person_id: int, db: Session = Depends(get_db)):
    if db.get(Person, person_id) is None:
        raise HTTPException(404)
    db.execute(select(Boat.id).where(Boat.id == boat_id).with_for_update())
    aboard = db.scalar(select(func.count()).select_from(Rower).where(Rower.boat_id == boat_id))
    if aboard >= LIMIT:  # step MB111|MB105 check
        raise HTTPException(409)
    db.add(Rower(boat_id=boat_id, person_id=person_id))  # want MB111|MB105 "row"
    db.commit()
