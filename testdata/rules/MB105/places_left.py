"""How many are left is reckoned by the store: who comes at the same time sees as many."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/lido"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Beach(Base):
    __tablename__ = "beaches"

    id: Mapped[int] = mapped_column(primary_key=True)
    chairs: Mapped[int]


class Hire(Base):
    __tablename__ = "hires"

    id: Mapped[int] = mapped_column(primary_key=True)
    beach_id: Mapped[int] = mapped_column(ForeignKey("beaches.id"))
    guest: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def left(db: Session, beach_id: int) -> int | None:
    chairs = (
        select((Beach.chairs - func.coalesce(func.count(Hire.id), 0)).label("left"))
        .select_from(Hire)
        .join(Beach, Beach.id == Hire.beach_id)
        .where(Hire.beach_id == beach_id)
        .group_by(Beach.chairs)
    )
    return db.scalars(chairs).one_or_none()


@app.post("/beaches/{beach_id}/hires")
def hire(beach_id: int, guest: str, db: DB):
    free = left(db, beach_id)
    if free is not None and free <= 0:
        raise HTTPException(409)
    db.add(Hire(beach_id=beach_id, guest=guest))  # want MB105 "hires"
    db.commit()


@app.post("/v2/beaches/{beach_id}/hires")
def hire_in_turn(beach_id: int, guest: str, db: DB):
    db.scalar(select(Beach).where(Beach.id == beach_id).with_for_update())
    free = left(db, beach_id)
    if free is not None and free <= 0:
        raise HTTPException(409)
    db.add(Hire(beach_id=beach_id, guest=guest))
    db.commit()


@app.post("/v3/beaches/{beach_id}/hires")
def hire_where_some_are_left(beach_id: int, guest: str, db: DB):
    beach = db.get(Beach, beach_id)
    free = beach.chairs - db.scalar(select(func.count(Hire.id)).where(Hire.beach_id == beach_id))
    if free > 0:
        db.add(Hire(beach_id=beach_id, guest=guest))  # want MB105 "hires"
        db.commit()


@app.post("/v4/beaches/{beach_id}/hires")
def hire_unless_none_is_left(beach_id: int, guest: str, db: DB):
    beach = db.get(Beach, beach_id)
    if not beach.chairs - len(db.scalars(select(Hire).where(Hire.beach_id == beach_id)).all()):
        raise HTTPException(409)
    db.add(Hire(beach_id=beach_id, guest=guest))  # want MB105 "hires"
    db.commit()


@app.post("/v5/beaches/{beach_id}/hires")
def hire_by_subquery(beach_id: int, guest: str, db: DB):
    taken = select(func.count(Hire.id)).where(Hire.beach_id == beach_id).scalar_subquery()
    free = db.scalar(select(Beach.chairs - taken).where(Beach.id == beach_id))
    if not free:
        raise HTTPException(409)
    db.add(Hire(beach_id=beach_id, guest=guest))  # want MB105 "hires"
    db.commit()


@app.post("/v6/beaches/{beach_id}/hires")
def hire_in_turn_where_some_are_left(beach_id: int, guest: str, db: DB):
    beach = db.get(Beach, beach_id, with_for_update=True)
    free = beach.chairs - db.scalar(select(func.count(Hire.id)).where(Hire.beach_id == beach_id))
    if free > 0:
        db.add(Hire(beach_id=beach_id, guest=guest))
        db.commit()
