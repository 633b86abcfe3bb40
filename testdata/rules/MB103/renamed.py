"""A row is given a name that no other one was found to have: two requests find it free, and nothing keeps both from taking it. A unique key does."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql+psycopg://localhost/kennels"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Dog(Base):
    __tablename__ = "dogs"

    id: Mapped[int] = mapped_column(primary_key=True)
    collar: Mapped[str]


class Cage(Base):
    __tablename__ = "cages"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str]


def get_db():
    with Maker() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.put("/dogs/{dog_id}/collar")
def change_collar(dog_id: int, collar: str, db: DB):
    other = db.query(Dog).filter(Dog.collar == collar, Dog.id != dog_id).first()
    if other is not None:  # want MB103 "two requests both find that nobody has the name"
        raise HTTPException(409)
    db.get(Dog, dog_id).collar = collar
    db.commit()


@app.patch("/dogs/{dog_id}")
def patch(dog_id: int, collar: str, db: DB):
    if db.query(Dog).filter(Dog.collar == collar).first():  # want MB103 "two requests both find that nobody has the name"
        raise HTTPException(409)
    db.query(Dog).filter(Dog.id == dog_id).update({"collar": collar})
    db.commit()


@app.put("/cages/{cage_id}/label")
def relabel(cage_id: int, label: str, db: DB):
    if db.query(Cage).filter(Cage.label == label, Cage.id != cage_id).first():
        raise HTTPException(409)
    db.get(Cage, cage_id).label = label
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409)


@app.put("/cages/{cage_id}/note")
def annotate(cage_id: int, label: str, note: str, db: DB):
    cage = db.query(Cage).filter(Cage.label == label, Cage.id != cage_id).first()
    if cage is None:
        raise HTTPException(404)
    db.get(Cage, cage_id).note = note
    db.commit()
