"""MySQL: the lock is the first statement, so the count looks after the wait."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("mysql+pymysql://app@localhost/club"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Boat(Base):
    __tablename__ = "boats"

    id: Mapped[int] = mapped_column(primary_key=True)


class Rower(Base):
    __tablename__ = "rowers"

    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boats.id"))


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/boats/{boat_id}/rowers")
def board(boat_id: int, db: Session = Depends(get_db)):
    db.execute(select(Boat.id).where(Boat.id == boat_id).with_for_update())
    aboard = db.scalar(select(func.count()).select_from(Rower).where(Rower.boat_id == boat_id))
    if aboard >= 12:
        raise HTTPException(409)
    db.add(Rower(boat_id=boat_id))
    db.commit()
