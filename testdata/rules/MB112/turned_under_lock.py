"""The lines of a basket become those of an order, by whoever holds the lock on the basket."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
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


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/baskets/{basket_id}/parent")
def order_under_lock_of_basket_ok(basket_id: int, person_id: int, db: DB):
    basket = db.get(Basket, basket_id, with_for_update=True)
    if basket is None:
        raise HTTPException(404)
    lines = db.scalars(select(Line).where(Line.basket_id == basket_id)).all()
    if not lines:
        raise HTTPException(400)
    order = Order(person_id=person_id)
    db.add(order)
    db.flush()
    for line in lines:
        db.add(OrderedLine(order_id=order.id, seed=line.seed, bags=line.bags))
    db.execute(delete(Line).where(Line.basket_id == basket_id))
    db.commit()


@app.delete("/baskets/{basket_id}/lines")
def empty_ok(basket_id: int, db: DB):
    db.execute(delete(Line).where(Line.basket_id == basket_id))
    db.commit()
