"""Rows that are made where they are missing and changed where they are there."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg://localhost/carts"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int]
    book_id: Mapped[int]
    note: Mapped[str]


class Setting(Base):
    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[str]


class Till(Base):
    __tablename__ = "tills"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


@app.put("/carts/{cart_id}/books/{book_id}")
def put_book(cart_id: int, book_id: int, note: str, db: Session = Depends(get_db)):
    line = db.query(Line).filter(Line.cart_id == cart_id, Line.book_id == book_id).first()
    if line:
        line.note = note
    else:
        made = Line(cart_id=cart_id, book_id=book_id, note=note)
        db.add(made)
    db.commit()
    return {"ok": True}


@app.put("/settings/{name}")
def put_setting(name: str, value: str, db: Session = Depends(get_db)):
    result = db.execute(select(Setting).where(Setting.name == name))
    setting = result.scalar_one_or_none()
    if setting is None:
        setting = Setting(name=name, value=value)
        db.add(setting)
    else:
        setting.value = value
    db.commit()
    return {"id": setting.id}


@app.post("/tills")
def open_till(db: Session = Depends(get_db)):
    if db.query(Till).filter(Till.state == "open").first():
        raise HTTPException(409, "one is open")
    till = Till(state="open")
    db.add(till)
    db.commit()
    return {"id": till.id}


@app.post("/authors")
def add_author(name: str, db: Session = Depends(get_db)):
    author = db.scalar(select(Author).where(Author.name == name))
    if author and author.id:
        raise HTTPException(409, " ".join([name, "is known"]))  # joins no tables
    db.add(Author(name=name))
    db.commit()
