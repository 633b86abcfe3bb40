"""Whether a row with a value is among the related ones is asked in Python: the key of both columns keeps a second one out."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/baskets"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Basket(Base):
    __tablename__ = "baskets"

    id: Mapped[int] = mapped_column(primary_key=True)
    fruits: Mapped[list["Fruit"]] = relationship()
    stones: Mapped[list["Stone"]] = relationship()


class Fruit(Base):
    __tablename__ = "fruits"

    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(primary_key=True)
    ripe: Mapped[bool] = mapped_column(default=False)


class Stone(Base):
    __tablename__ = "stones"

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    kind_id: Mapped[int]
    polished: Mapped[bool]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/baskets/{id}/fruits/{kind}")
def put_fruit(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    if any(f.kind_id == kind for f in basket.fruits):
        raise HTTPException(409)
    db.add(Fruit(basket_id=id, kind_id=kind, ripe=True))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/baskets/{id}/ripe/{kind}")
def put_ripe(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    for f in basket.fruits:
        if f.kind_id == kind:
            raise HTTPException(409)
    db.add(Fruit(basket_id=id, kind_id=kind, ripe=True))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/baskets/{id}/next/{kind}")
def put_next(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    found = next((f for f in basket.fruits if f.kind_id == kind), None)
    if found:
        raise HTTPException(409)
    db.add(Fruit(basket_id=id, kind_id=kind, ripe=True))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/baskets/{id}/kinds/{kind}")
def put_kind(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    if kind in [f.kind_id for f in basket.fruits]:
        raise HTTPException(409)
    db.add(Fruit(basket_id=id, kind_id=kind, ripe=True))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/baskets/{id}/rotten/{kind}")
def put_rotten(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    if any(f.kind_id == kind for f in basket.fruits):
        raise HTTPException(409)
    db.add(Fruit(basket_id=id, kind_id=kind))  # want MB104 "fruits"
    db.commit()


@app.post("/baskets/{id}/stones/{kind}")
def put_stone(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    if any(s.kind_id == kind for s in basket.stones):
        raise HTTPException(409)
    db.add(Stone(basket_id=id, kind_id=kind))  # want MB103 "stones.basket_id, kind_id"
    db.commit()


# One kind may be there once polished and once as it was found: no key of basket and kind alone.
@app.post("/baskets/{id}/polished/{kind}")
def put_polished(id: int, kind: int, db: DB):
    basket = db.get(Basket, id)
    if any(s.kind_id == kind and s.polished for s in basket.stones):
        raise HTTPException(409)
    db.add(Stone(basket_id=id, kind_id=kind, polished=True))  # want MB103 "stones"
    db.commit()
