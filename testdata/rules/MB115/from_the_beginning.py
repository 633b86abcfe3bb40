"""Rows that are put into an empty table: with keys that the program says a second request is refused, with numbers they are there twice."""
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
Local = sessionmaker(create_engine("postgresql+psycopg://localhost/garden"))
BEDS = [{"name": "roses", "width": 2}, {"name": "beans", "width": 3}]


class Base(DeclarativeBase):
    pass


class Bed(Base):
    __tablename__ = "beds"
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]


class Well(Base):
    __tablename__ = "wells"
    name: Mapped[str] = mapped_column(primary_key=True)


class Path(Base):
    __tablename__ = "paths"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Tool(Base):
    __tablename__ = "tools"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]


def db():
    with Local() as s:
        yield s


@app.get("/beds")
def beds(s: Session = Depends(db)):
    found = s.scalars(select(Bed).order_by(Bed.name)).all()
    if not found:
        for bed in BEDS:
            s.add(Bed(name=bed["name"], width=bed["width"]))
        try:
            s.commit()
        except IntegrityError:
            s.rollback()
        found = s.scalars(select(Bed).order_by(Bed.name)).all()
    return found


@app.get("/wells")
def wells(s: Session = Depends(db)):
    if s.scalars(select(Well)).first() is None:  # want MB104 "wells"
        s.add(Well(name="deep"))
        s.commit()
    return s.scalars(select(Well)).all()


@app.get("/paths")
def paths(s: Session = Depends(db)):
    if not s.scalars(select(Path)).all():  # want MB115 "paths"
        for bed in BEDS:
            s.add(Path(name=bed["name"]))
        s.commit()
    return s.scalars(select(Path)).all()


@app.put("/tools")
def tools(name: str, owner: str, s: Session = Depends(db)):
    if s.scalars(select(Tool)).first() is None:  # want MB115 "tools"
        s.add(Tool(name=name, owner=owner))
        s.commit()
    return {}
