"""A file of SQLite beside a server: the engine of the project is not that of every statement."""
import json
import sqlite3

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg://localhost/desk"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Desk(Base):
    __tablename__ = "desks"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/desks/{desk_id}/take")
def take(desk_id: int, db: Session = Depends(get_db)):
    desk = db.get(Desk, desk_id)
    if desk is None or desk.state != "free":
        raise HTTPException(409)
    desk.state = "taken"
    print("taken", desk_id)
    db.commit()


@app.put("/notes/{note_id}")
def merge(note_id: int, words: dict):
    conn = sqlite3.connect("notes.db")
    row = conn.execute("SELECT words FROM notes WHERE id = ?", (note_id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    merged = {**json.loads(row[0]), **words}
    conn.execute("UPDATE notes SET words = ? WHERE id = ?", (json.dumps(merged), note_id))
    conn.commit()
