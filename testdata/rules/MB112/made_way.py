"""Who turns off what is on to turn something else on takes nothing by it, and finds nothing to turn off the first time."""
import uuid
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/tills"))
app = FastAPI()
courier = httpx.Client(base_url="https://courier.example")


class Base(DeclarativeBase):
    pass


class Desk(Base):
    __tablename__ = "desks"

    clerk_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    manned: Mapped[bool]


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    waiting: Mapped[bool]


class Pass(Base):
    __tablename__ = "passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    clerk_id: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    spent: Mapped[bool] = mapped_column(default=False)


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/clerks/{clerk_id}/desk/{number}")
def sit_down(clerk_id: int, number: int, db: DB):
    db.execute(update(Desk).where(Desk.clerk_id == clerk_id, Desk.manned == True).values(manned=False))
    desk = db.scalar(select(Desk).where(Desk.clerk_id == clerk_id, Desk.number == number))
    if desk is None:
        db.add(Desk(clerk_id=clerk_id, number=number, manned=True))  # want MB104 "desks"
    else:
        desk.manned = True
    db.commit()
    courier.post("/desks", json={"clerk": clerk_id, "desk": number})


@app.post("/parcels/{parcel_id}/send")
def send(parcel_id: int, db: DB):
    db.execute(update(Parcel).where(Parcel.id == parcel_id, Parcel.waiting == True).values(waiting=False))
    db.commit()
    courier.post("/parcels", json={"parcel": parcel_id})  # want MB112 "parcels"


# A new pass takes the place of those that were not used yet, and there may be none.
@app.post("/clerks/{clerk_id}/pass")
def give_pass(clerk_id: int, db: DB):
    db.execute(update(Pass).where(Pass.clerk_id == clerk_id, Pass.spent == False).values(spent=True))
    db.add(Pass(clerk_id=clerk_id, number=uuid.uuid4().hex))
    db.commit()
    courier.post("/passes", json={"clerk": clerk_id})


# The pass that is shown is taken, whatever is given for it.
@app.post("/passes/{number}/change")
def change_pass(number: str, clerk_id: int, db: DB):
    db.execute(update(Pass).where(Pass.number == number, Pass.spent == False).values(spent=True))
    db.add(Pass(clerk_id=clerk_id, number=uuid.uuid4().hex))
    db.commit()
    courier.post("/passes", json={"clerk": clerk_id})  # want MB112 "passes"
