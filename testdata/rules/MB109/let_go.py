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


class Sack(Base):
    __tablename__ = "sacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    mill_id: Mapped[int]
    state: Mapped[str]


class Mill(Base):
    __tablename__ = "mills"
    id: Mapped[int] = mapped_column(primary_key=True)
    ground: Mapped[int]


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


# A lock on the row of another table, in a transaction that is over, was never to guard what comes after it.
def claim(session: Session, sack_id: int) -> int:
    sack = session.scalars(select(Sack).where(Sack.id == sack_id).with_for_update()).one()
    if sack.state != "full":
        session.rollback()
        raise HTTPException(409)
    sack.state = "grinding"
    mill_id = sack.mill_id
    session.commit()
    return mill_id


@app.post("/sacks/{sack_id}/grind")
def grind(sack_id: int, session: Session = Depends(db)):
    mill_id = claim(session, sack_id)
    mill = session.get(Mill, mill_id)  # step MB101 read
    mill.ground = mill.ground + 1  # want MB101 "mills.ground"
    session.commit()


@app.post("/sacks/{sack_id}/grind-in-turn")
def grind_in_turn(sack_id: int, session: Session = Depends(db)):
    mill_id = claim(session, sack_id)
    mill = session.get(Mill, mill_id, with_for_update=True)
    mill.ground = mill.ground + 1
    session.commit()
