"""A session knows a row only as long as somebody holds it: what a helper looked at and let go is loaded anew by the read that locks."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/ferries"))


class Base(DeclarativeBase):
    pass


class Crossing(Base):
    __tablename__ = "crossings"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    cars: Mapped[int]


def db():
    with Maker() as session:
        yield session


def find(session: Session, crossing_id: int) -> Crossing:
    crossing = session.get(Crossing, crossing_id)
    if crossing is None:
        raise HTTPException(404)
    return crossing


def must_be_there(session: Session, crossing_id: int) -> None:
    if find(session, crossing_id).state == "gone":
        raise HTTPException(410)


def lock(session: Session, crossing_id: int) -> Crossing:
    return session.scalars(select(Crossing).where(Crossing.id == crossing_id).with_for_update()).one()


app = FastAPI()


@app.post("/crossings/{crossing_id}/cars")
def board(crossing_id: int, session: Session = Depends(db)):
    must_be_there(session, crossing_id)
    crossing = lock(session, crossing_id)
    if crossing.cars >= 40:
        raise HTTPException(409)
    crossing.cars += 1
    session.commit()


@app.post("/crossings/{crossing_id}/lorries")
def board_lorry(crossing_id: int, session: Session = Depends(db)):
    found = find(session, crossing_id)
    crossing = lock(session, crossing_id)
    if crossing.cars >= 37:  # step MB109 check
        raise HTTPException(409, found.state)
    crossing.cars += 3  # want MB109 "crossings.cars"
    session.commit()
