"""Rows that are changed by what a request has read of them: with a version that the client sends, with one that nobody looks at, with none."""
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("sqlite:///pages.db"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


class Slip(Base):
    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Edit(BaseModel):
    title: str
    version: int


def get_db():
    with factory() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def tidy(text: str) -> str:
    return " ".join(text.split())


@app.put("/pages/{page_id}")
def edit(page_id: int, edit: Edit, db: DB):
    page = db.get(Page, page_id)
    if page is None:
        raise HTTPException(404)
    if page.version != edit.version:
        raise HTTPException(409, "somebody else changed it")
    page.title = edit.title
    page.version = page.version + 1
    db.commit()
    return page


@app.put("/pages/{page_id}/title")
def edit_title(page_id: int, title: str, db: DB, if_match: Annotated[str, Header()]):
    page = db.get(Page, page_id)
    if page is None:
        raise HTTPException(404)
    if if_match != f'"{page.version}"':
        raise HTTPException(412)
    page.title = title
    page.version += 1
    db.commit()


@app.post("/notes/{note_id}/tidy")
def tidy_note(note_id: int, db: DB):
    note = db.get(Note, note_id)
    if note is None:
        raise HTTPException(status_code=404)
    note.text = tidy(note.text)
    db.commit()


@app.post("/slips/{slip_id}/tidy")
def tidy_slip(slip_id: int, db: DB):
    slip = db.get(Slip, slip_id)
    if slip is None:
        raise HTTPException(404)
    slip.text = tidy(slip.text)
    db.commit()


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[datetime]


@app.post("/loans/{loan_id}/renew")
def renew(loan_id: int, db: DB):
    loan = db.get(Loan, loan_id)
    if loan is None:
        raise HTTPException(404)
    loan.until += timedelta(days=7)
    db.commit()
