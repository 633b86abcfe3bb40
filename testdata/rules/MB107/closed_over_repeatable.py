"""At REPEATABLE READ the foreign key of a new row refuses it where the row that it refers to was locked FOR UPDATE and changed meanwhile; where it
was only changed, or no key says what it refers to, both requests commit."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql+psycopg://localhost/quarry", isolation_level="REPEATABLE READ"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Truck(Base):
    __tablename__ = "trucks"

    id: Mapped[int] = mapped_column(primary_key=True)
    gone: Mapped[bool]
    load: Mapped[int]


class Stone(Base):
    __tablename__ = "stones"

    id: Mapped[int] = mapped_column(primary_key=True)
    truck_id: Mapped[int] = mapped_column(ForeignKey("trucks.id"))
    weight: Mapped[int]


class Barge(Base):
    __tablename__ = "barges"

    id: Mapped[int] = mapped_column(primary_key=True)
    gone: Mapped[bool]
    load: Mapped[int]


class Slab(Base):
    __tablename__ = "slabs"

    id: Mapped[int] = mapped_column(primary_key=True)
    barge_id: Mapped[int] = mapped_column(ForeignKey("barges.id"))
    weight: Mapped[int]


def get_db():
    with Maker() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/trucks/{truck_id}/stones")
def load_truck(truck_id: int, weight: int, db: DB):
    truck = db.get(Truck, truck_id)
    if truck.gone:
        raise HTTPException(409)
    db.add(Stone(truck_id=truck_id, weight=weight))
    db.commit()


@app.post("/trucks/{truck_id}/go")
def send_truck(truck_id: int, db: DB):
    truck = db.get(Truck, truck_id, with_for_update=True)
    truck.load = db.scalar(select(func.sum(Stone.weight)).where(Stone.truck_id == truck_id))
    truck.gone = True
    db.commit()


@app.post("/barges/{barge_id}/slabs")
def load_barge(barge_id: int, weight: int, db: DB):
    barge = db.get(Barge, barge_id)
    if barge.gone:  # want MB107 "what one adds is not among what the other has looked at"
        raise HTTPException(409)
    db.add(Slab(barge_id=barge_id, weight=weight))
    db.commit()


@app.post("/barges/{barge_id}/go")
def send_barge(barge_id: int, db: DB):
    barge = db.get(Barge, barge_id)
    barge.load = db.scalar(select(func.sum(Slab.weight)).where(Slab.barge_id == barge_id))
    barge.gone = True
    db.commit()
