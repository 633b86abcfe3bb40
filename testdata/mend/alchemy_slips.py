"""engine: sqlite. SQLAlchemy, where Python computes the new value: the old one, or the version of the row, is compared."""
import os

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("sqlite:///" + os.environ.get("STORE_DB", "slips.db"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Slip(Base):
    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    marks: Mapped[str] = mapped_column(default="")


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    marks: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


Base.metadata.create_all(engine)


def get_db():
    with Session(engine) as session:
        yield session


def marked(marks: str) -> str:
    return "".join([*marks, "x"])


@app.post("/slips", status_code=201)
def create_slip(db: Session = Depends(get_db)):
    slip = Slip()
    db.add(slip)
    db.commit()
    return {"id": slip.id, "marks": slip.marks}


@app.get("/slips/{slip_id}")
def read_slip(slip_id: int, db: Session = Depends(get_db)):
    slip = db.get(Slip, slip_id)
    if slip is None:
        raise HTTPException(404)
    return {"id": slip.id, "marks": slip.marks}


@app.post("/slips/{slip_id}/mark")
def mark_slip(slip_id: int, db: Session = Depends(get_db)):
    slip = db.get(Slip, slip_id)
    if slip is None:
        raise HTTPException(404)
    slip.marks = marked(slip.marks)
    db.commit()
    return {"ok": True}


@app.post("/notes", status_code=201)
def create_note(db: Session = Depends(get_db)):
    note = Note()
    db.add(note)
    db.commit()
    return {"id": note.id, "marks": note.marks}


@app.get("/notes/{note_id}")
def read_note(note_id: int, db: Session = Depends(get_db)):
    note = db.get(Note, note_id)
    if note is None:
        raise HTTPException(404)
    return {"id": note.id, "marks": note.marks}


@app.post("/notes/{note_id}/mark")
def mark_note(note_id: int, db: Session = Depends(get_db)):
    note = db.get(Note, note_id)
    if note is None:
        raise HTTPException(404)
    note.marks = marked(note.marks)
    db.commit()
    return {"ok": True}
