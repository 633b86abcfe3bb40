"""A copy of a setting that is on or off is no permission: only who is refused as one who may not had lost one."""
import time
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/app")
make_session = sessionmaker(engine)
app = FastAPI()
_drafts: dict[int, tuple[bool, float]] = {}
_prints: dict[int, tuple[bool, float]] = {}


class Base(DeclarativeBase):
    pass


class Magazine(Base):
    __tablename__ = "magazines"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    drafts_enabled: Mapped[bool] = mapped_column(default=False)
    print_enabled: Mapped[bool] = mapped_column(default=False)


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    magazine_id: Mapped[int]
    text: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def drafts_enabled(magazine_id: int) -> bool:
    kept = _drafts.get(magazine_id)
    if kept and kept[1] > time.monotonic():
        return kept[0]
    with make_session() as own:
        on = bool(own.scalar(select(Magazine.drafts_enabled).where(Magazine.id == magazine_id)))
    _drafts[magazine_id] = (on, time.monotonic() + 300)
    return on


def print_enabled(magazine_id: int) -> bool:
    kept = _prints.get(magazine_id)
    if kept and kept[1] > time.monotonic():
        return kept[0]
    with make_session() as own:
        on = bool(own.scalar(select(Magazine.print_enabled).where(Magazine.id == magazine_id)))
    _prints[magazine_id] = (on, time.monotonic() + 300)
    return on


@app.put("/pages/{page_id}")
def rewrite(page_id: int, magazine_id: int, text: str, db: DB):
    if drafts_enabled(magazine_id):
        raise HTTPException(409, "pages of this magazine have drafts")
    page = db.get_one(Page, page_id)
    page.text = text
    db.commit()


@app.post("/pages/{page_id}/print")
def print_page(page_id: int, magazine_id: int, db: DB):
    if not print_enabled(magazine_id):  # want MB301 "print_enabled"
        raise HTTPException(403)
    page = db.get_one(Page, page_id)
    page.text = "printed"
    db.commit()


@app.put("/magazines/{magazine_id}")
def configure(magazine_id: int, drafts: bool, prints: bool, db: DB):
    magazine = db.get_one(Magazine, magazine_id)
    magazine.drafts_enabled = drafts
    magazine.print_enabled = prints
    db.commit()
