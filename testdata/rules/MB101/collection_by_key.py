"""A relationship without a type gives many rows where the other table holds the key, and one where it says so or holds the key itself."""
from fastapi import Depends, FastAPI
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg2://localhost/larder"))
app = FastAPI()
Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelves"

    id = Column(Integer, primary_key=True)
    jars = Column(Integer, default=0)
    sizes = relationship("Line", back_populates="shelf")


class Basket(Base):
    __tablename__ = "baskets"

    id = Column(Integer, primary_key=True)
    lines = relationship("Line", back_populates="basket")
    label = relationship("Label", back_populates="basket", uselist=False)


class Line(Base):
    __tablename__ = "lines"

    id = Column(Integer, primary_key=True)
    basket_id = Column(Integer, ForeignKey("baskets.id"))
    shelf_id = Column(Integer, ForeignKey("shelves.id"))
    jars = Column(Integer)
    basket = relationship("Basket", back_populates="lines")
    shelf = relationship("Shelf", back_populates="sizes")


class Label(Base):
    __tablename__ = "labels"

    id = Column(Integer, primary_key=True)
    basket_id = Column(Integer, ForeignKey("baskets.id"))
    prints = Column(Integer, default=0)
    basket = relationship("Basket", back_populates="label")


def get_db():
    with Local() as db:
        yield db


@app.post("/baskets/{basket_id}/put-back")
def put_back(basket_id: int, db: Session = Depends(get_db)):
    basket = db.get(Basket, basket_id)
    for line in basket.lines:
        line.shelf.jars += line.jars  # want MB101 "shelves.jars"
    db.commit()


@app.post("/baskets/{basket_id}/print")
def print_label(basket_id: int, db: Session = Depends(get_db)):
    basket = db.get(Basket, basket_id)
    basket.label.prints = basket.label.prints + 1  # want MB101 "labels.prints"
    db.commit()


@app.post("/baskets/{basket_id}/put-back-in-turn")
def put_back_ok(basket_id: int, db: Session = Depends(get_db)):
    basket = db.get(Basket, basket_id)
    for line in basket.lines:
        shelf = db.get(Shelf, line.shelf_id, with_for_update=True, populate_existing=True)
        shelf.jars += line.jars
        db.commit()
