"""merge() looks up the row by the key that the object has: the one that was not there gets the other's key, and the constraint says so."""
from fastapi import FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://prefs@db/prefs")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Preference(Base):
    __tablename__ = "preferences"
    person: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Entry(Base):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@app.put("/people/{person}/preferences/{name}")
def prefer(person: int, name: str, value: str):
    with Session(engine) as session:
        session.merge(Preference(person=person, name=name, value=value))  # want MB104 "preferences"
        session.commit()


@app.post("/entries")
def enter(text: str):
    with Session(engine) as session:
        session.merge(Entry(text=text))  # without a key nothing is looked up
        session.commit()
