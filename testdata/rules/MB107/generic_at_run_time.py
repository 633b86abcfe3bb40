"""A generic repository asks its own bases for the class that it was made for, and a new class is given it when it is made."""
from typing import Generic, TypeVar, get_args

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/tools"))
T = TypeVar("T")


class Base(DeclarativeBase):
    pass


class Saw(Base):
    __tablename__ = "saws"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="dull")


class Axe(Base):
    __tablename__ = "axes"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="dull")


class Adze(Base):
    __tablename__ = "adzes"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="dull")


class Asked(Generic[T]):
    def __init__(self, db: Session):
        self.db = db
        self.model = get_args(self.__orig_bases__[0])[0]

    def find(self, id: int):
        return self.db.get(self.model, id)

    def find_locked(self, id: int):
        return self.db.get(self.model, id, with_for_update=True)


class Told(Generic[T]):
    model: type[T]

    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.model = get_args(cls.__orig_bases__[0])[0]

    def __init__(self, db: Session):
        self.db = db

    def find(self, id: int):
        return self.db.get(self.model, id)


class Looked(Generic[T]):
    def __init__(self, db: Session):
        self.db = db
        self.model = type(self).__orig_bases__[0].__args__[0]

    def find(self, id: int):
        return self.db.get(self.model, id)


class Saws(Asked[Saw]):
    pass


class Axes(Told[Axe]):
    pass


class Adzes(Looked[Adze]):
    pass


def get_db():
    with SessionLocal() as db:
        yield db


app = FastAPI()


@app.post("/saws/{id}/sharpen")
def sharpen_saw(id: int, db: Session = Depends(get_db)):
    saw = Saws(db).find(id)
    if saw.state != "dull":  # step MB107 check
        raise HTTPException(409)
    saw.state = "sharp"  # want MB107 "state"
    db.commit()


@app.post("/saws/{id}/oil")
def oil_saw(id: int, db: Session = Depends(get_db)):
    saw = Saws(db).find_locked(id)
    if saw.state != "sharp":
        raise HTTPException(409)
    saw.state = "oiled"
    db.commit()


@app.post("/axes/{id}/sharpen")
def sharpen_axe(id: int, db: Session = Depends(get_db)):
    axe = Axes(db).find(id)
    if axe.state != "dull":  # step MB107 check
        raise HTTPException(409)
    axe.state = "sharp"  # want MB107 "state"
    db.commit()


@app.post("/adzes/{id}/sharpen")
def sharpen_adze(id: int, db: Session = Depends(get_db)):
    adze = Adzes(db).find(id)
    if adze.state != "dull":  # step MB107 check
        raise HTTPException(409)
    adze.state = "sharp"  # want MB107 "state"
    db.commit()
