"""A date of a row that is written out for the answer says the same in another form: whoever does so as well takes nothing away."""
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/bakery"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loaf(Base):
    __tablename__ = "loaves"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int]
    baked_on: Mapped[date | None]
    sold_at: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(default=0)
    smell: Mapped[str | None]


class Oven(Base):
    __tablename__ = "ovens"

    id: Mapped[int] = mapped_column(primary_key=True)
    cleaned_on: Mapped[date]
    fired: Mapped[int] = mapped_column(default=0)


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def for_the_answer(loaf: Loaf) -> Loaf:
    loaf.baked_on = loaf.baked_on if isinstance(loaf.baked_on, str) else loaf.baked_on.isoformat() if loaf.baked_on else None
    loaf.sold_at = loaf.sold_at.astimezone().strftime("%H:%M")
    return loaf


@app.get("/loaves/{loaf_id}")
def show(loaf_id: int, db: DB):
    loaf = db.scalar(select(Loaf).where(Loaf.id == loaf_id))
    if loaf is None:
        raise HTTPException(404)
    for_the_answer(loaf)
    db.commit()
    return loaf


@app.get("/shops/{shop_id}/loaves")
def show_all(shop_id: int, db: DB):
    loaves = db.scalars(select(Loaf).where(Loaf.shop_id == shop_id)).all()
    for loaf in loaves:
        for_the_answer(loaf)
        if loaf.shop_id != shop_id:  # never: it was looked for by this
            loaf.baked_on = None
    db.commit()
    return loaves


@app.post("/loaves/{loaf_id}/seen")
def seen(loaf_id: int, db: DB):
    loaf = db.scalar(select(Loaf).where(Loaf.id == loaf_id))
    loaf.seen = loaf.seen + 1  # want MB101 "computed from the old value"
    db.commit()


@app.post("/loaves/{loaf_id}/smell")
def smell(loaf_id: int, also: str, db: DB):
    loaf = db.scalar(select(Loaf).where(Loaf.id == loaf_id))
    loaf.smell = loaf.smell.strip() + also if loaf.smell else also  # want MB101 "computed from the old value"
    db.commit()


@app.get("/ovens/{oven_id}")
def oven_of(oven_id: int, db: DB):
    oven = db.scalar(select(Oven).where(Oven.id == oven_id))
    oven.cleaned_on = oven.cleaned_on.isoformat()  # want MB101 "computed from the old value"
    db.commit()
    return oven


@app.post("/ovens/{oven_id}/clean")
def clean(oven_id: int, on: date, db: DB):
    db.get_one(Oven, oven_id).cleaned_on = on
    db.commit()
