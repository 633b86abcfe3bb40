"""A total is compared with its limit by the guard of a case."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/scales"))
app = FastAPI()
HEAVIEST = 900


class Base(DeclarativeBase):
    pass


class Lift(Base):
    __tablename__ = "lifts"
    id: Mapped[int] = mapped_column(primary_key=True)


class Load(Base):
    __tablename__ = "loads"
    id: Mapped[int] = mapped_column(primary_key=True)
    lift_id: Mapped[int] = mapped_column(ForeignKey("lifts.id"))
    weight: Mapped[int]


def db():
    with Maker() as session:
        yield session


def on_board(session: Session, lift_id: int) -> int:
    return session.scalar(select(func.coalesce(func.sum(Load.weight), 0)).where(Load.lift_id == lift_id))


def put(session: Session, lift_id: int, weight: int) -> None:
    match on_board(session, lift_id):
        case total if total + weight > HEAVIEST:  # step MB105 check
            raise HTTPException(409)
        case _:
            session.add(Load(lift_id=lift_id, weight=weight))  # want MB105 "loads"
    session.commit()


@app.post("/lifts/{lift_id}/loads")
def load(lift_id: int, weight: int, session: Session = Depends(db)):
    put(session, lift_id, weight)


@app.post("/lifts/{lift_id}/loads/in-turn")
def load_in_turn(lift_id: int, weight: int, session: Session = Depends(db)):
    session.scalar(select(Lift.id).where(Lift.id == lift_id).with_for_update())
    match on_board(session, lift_id):
        case total if total + weight > HEAVIEST:
            raise HTTPException(409)
        case _:
            session.add(Load(lift_id=lift_id, weight=weight))
    session.commit()
