"""Rows that lack something are given what is made of them: two requests that both do so give the same. What is made of the request is another's."""
import httpx
from fastapi import FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://notes@db/notes")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    vector: Mapped[str | None]
    reader: Mapped[str | None]


@app.post("/notes/vectors")
def vectors():
    with Session(engine) as session:
        lacking = [n for n in session.scalars(select(Note)).all() if not n.vector]
        if not lacking:
            return {"done": 0}
        for note in lacking:
            note.vector = httpx.post("https://vectors.example/", json={"text": note.text}).text
        session.commit()
        return {"done": len(lacking)}


@app.post("/notes/readers")
def readers(name: str):
    with Session(engine) as session:
        lacking = [n for n in session.scalars(select(Note)).all() if not n.reader]  # want MB107 "notes.reader"
        if not lacking:
            return {"done": 0}
        for note in lacking:
            note.reader = name
        session.commit()
        return {"done": len(lacking)}


@app.post("/notes/vectors/one-by-one")
def one_by_one():
    with Session(engine) as session:
        for note in session.scalars(select(Note)).all():
            if not note.vector:
                note.vector = httpx.post("https://vectors.example/", json={"text": note.text}).text
        session.commit()
        return {"done": True}
