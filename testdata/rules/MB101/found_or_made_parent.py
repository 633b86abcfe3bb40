"""A basket is found or made on the way. Two requests meet in the one that is found; in one that was just made nobody else looks."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/garden"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Basket(Base):
    __tablename__ = "baskets"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    seed_id: Mapped[int]
    bags: Mapped[int]

    __table_args__ = (UniqueConstraint("basket_id", "seed_id"),)


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/people/{person_id}/seeds/{seed_id}")
def one_more(person_id: int, seed_id: int, db: DB):
    basket = db.scalar(select(Basket).where(Basket.person_id == person_id))
    if not basket:
        basket = Basket(person_id=person_id)
        db.add(basket)  # want MB115 "baskets"
        db.flush()
    line = db.scalar(select(Line).where(Line.basket_id == basket.id, Line.seed_id == seed_id))  # step MB101 read
    if line:
        line.bags += 1  # want MB101 "lines.bags"
        db.commit()


@app.post("/people/{person_id}/waiting/{seed_id}")
def one_more_under_lock_ok(person_id: int, seed_id: int, db: DB):
    basket = db.scalar(select(Basket).where(Basket.person_id == person_id))
    if not basket:
        basket = Basket(person_id=person_id)
        db.add(basket)  # want MB115 "baskets"
        db.flush()
    line = db.scalar(select(Line).where(Line.basket_id == basket.id, Line.seed_id == seed_id).with_for_update())
    if line:
        line.bags += 1
        db.commit()


@app.post("/people/{person_id}/new")
def in_a_new_basket_ok(person_id: int, seed_id: int, db: DB):
    basket = Basket(person_id=person_id)
    db.add(basket)
    db.flush()
    line = db.scalar(select(Line).where(Line.basket_id == basket.id, Line.seed_id == seed_id))
    if line:
        line.bags += 1
    db.commit()
