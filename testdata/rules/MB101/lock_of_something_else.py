"""A lock on the row of another table, in a transaction that is over, was never to guard what comes after it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/mills"))


class Base(DeclarativeBase):
    pass


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


def claim(session: Session, sack_id: int) -> int:
    sack = session.scalars(select(Sack).where(Sack.id == sack_id).with_for_update()).one()
    if sack.state != "full":
        session.rollback()
        raise HTTPException(409)
    sack.state = "grinding"
    mill_id = sack.mill_id
    session.commit()
    return mill_id


app = FastAPI()


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
