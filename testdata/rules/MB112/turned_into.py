"""The lines of a basket become those of an order. A deletion that finds nothing any more says so to nobody."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/garden"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Basket(Base):
    __tablename__ = "baskets"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan")


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    seed: Mapped[str]
    bags: Mapped[int]


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]


class OrderedLine(Base):
    __tablename__ = "ordered_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    seed: Mapped[str]
    bags: Mapped[int]


class Wish(Base):
    __tablename__ = "wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[str]
    bags: Mapped[int]


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    wish_id: Mapped[int] = mapped_column(unique=True)
    bags: Mapped[int]


class WishLog(Base):
    __tablename__ = "wish_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[str]
    at: Mapped[datetime]


class LineIn(BaseModel):
    seed: str
    bags: int


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/baskets/{basket_id}/orders")
def order_each(basket_id: int, person_id: int, db: DB):
    lines = db.scalars(select(Line).where(Line.basket_id == basket_id)).all()
    if not lines:
        raise HTTPException(400)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    for line in lines:
        db.add(OrderedLine(order_id=order.id, seed=line.seed, bags=line.bags))
        db.delete(line)  # want MB112 "lines"
    db.commit()


@app.post("/baskets/{basket_id}/bulk")
def order_all(basket_id: int, person_id: int, db: DB):
    lines = db.scalars(select(Line).where(Line.basket_id == basket_id)).all()
    if not lines:
        raise HTTPException(400)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    for line in lines:
        db.add(OrderedLine(order_id=order.id, seed=line.seed, bags=line.bags))
    db.execute(delete(Line).where(Line.basket_id == basket_id))  # want MB112 "lines"
    db.commit()


@app.post("/wishes/{wish_id}/orders")
def order_wish(wish_id: int, person_id: int, db: DB):
    wish = db.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    db.add(OrderedLine(order_id=order.id, seed=wish.seed, bags=wish.bags))
    db.delete(wish)  # want MB112 "wishes"
    db.commit()


@app.post("/baskets/{basket_id}/locked")
def order_under_lock_ok(basket_id: int, person_id: int, db: DB):
    lines = db.scalars(select(Line).where(Line.basket_id == basket_id).with_for_update()).all()
    if not lines:
        raise HTTPException(400)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    for line in lines:
        db.add(OrderedLine(order_id=order.id, seed=line.seed, bags=line.bags))
        db.delete(line)
    db.commit()


@app.post("/baskets/{basket_id}/taken")
def order_what_was_taken_ok(basket_id: int, person_id: int, db: DB):
    taken = db.execute(delete(Line).where(Line.basket_id == basket_id).returning(Line.seed, Line.bags)).all()
    if not taken:
        raise HTTPException(400)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    for seed, bags in taken:
        db.add(OrderedLine(order_id=order.id, seed=seed, bags=bags))
    db.commit()


@app.post("/wishes/{wish_id}/asked")
def order_wish_and_ask_ok(wish_id: int, person_id: int, db: DB):
    wish = db.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    seed, bags = wish.seed, wish.bags
    if db.execute(delete(Wish).where(Wish.id == wish_id)).rowcount == 0:
        raise HTTPException(409)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    db.add(OrderedLine(order_id=order.id, seed=seed, bags=bags))
    db.commit()


@app.post("/wishes/{wish_id}/parcels")
def pack_wish_ok(wish_id: int, db: DB):
    wish = db.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    db.add(Parcel(wish_id=wish.id, bags=wish.bags))
    db.delete(wish)
    db.commit()


@app.put("/baskets/{basket_id}/lines")
def write_anew_ok(basket_id: int, lines: list[LineIn], db: DB):
    for line in db.scalars(select(Line).where(Line.basket_id == basket_id)).all():
        db.delete(line)
    for line in lines:
        db.add(Line(basket_id=basket_id, seed=line.seed, bags=line.bags))
    db.commit()


@app.post("/wishes/{wish_id}/drop")
def drop_wish_ok(wish_id: int, db: DB):
    wish = db.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    db.add(WishLog(seed=wish.seed, at=datetime.now()))
    db.delete(wish)
    db.commit()
