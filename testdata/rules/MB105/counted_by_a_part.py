"""A sub-query counts what is taken, and the statement over it gives those of which some are left."""
from datetime import date

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Jetty(Base):
    __tablename__ = "jetties"

    id: Mapped[int] = mapped_column(primary_key=True)
    berths: Mapped[int]


class Stay(Base):
    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    jetty_id: Mapped[int]
    day: Mapped[date]


def get_db():
    with SessionLocal() as session:
        yield session


def free_on(day: date):
    taken = (
        select(Stay.jetty_id, func.count("*").label("n")).where(Stay.day == day).group_by(Stay.jetty_id).cte(name="taken")
    )
    left = (
        select(Jetty.id.label("jetty_id"), (Jetty.berths - func.coalesce(taken.c.n, 0)).label("n"))
        .select_from(Jetty)
        .outerjoin(taken, taken.c.jetty_id == Jetty.id)
        .cte(name="berths_left")
    )
    return select(left.c.jetty_id).select_from(left).where(left.c.n > 0)


@app.post("/jetties/{id}/stays")
def stay(id: int, day: date, s: Session = Depends(get_db)):
    free = s.execute(free_on(day)).scalars().all()  # step MB105 read
    if id not in free:  # step MB105 check
        raise HTTPException(409)
    s.add(Stay(jetty_id=id, day=day))  # want MB105 "stays"
    s.commit()


@app.post("/jetties/{id}/stays-joined")
def stay_joined(id: int, day: date, s: Session = Depends(get_db)):
    taken = select(Stay.jetty_id, func.count("*").label("n")).where(Stay.day == day).group_by(Stay.jetty_id).subquery()
    free = s.scalars(
        select(Jetty).outerjoin(taken, taken.c.jetty_id == Jetty.id).where(Jetty.id == id, Jetty.berths > func.coalesce(taken.c.n, 0))
    ).first()
    if free is None:
        raise HTTPException(409)
    s.add(Stay(jetty_id=id, day=day))  # want MB105 "stays"
    s.commit()


@app.post("/jetties/{id}/stays-one-by-one")
def stay_one_by_one_ok(id: int, day: date, s: Session = Depends(get_db)):
    s.execute(select(Jetty.id).where(Jetty.id == id).with_for_update())
    free = s.execute(free_on(day)).scalars().all()
    if id not in free:
        raise HTTPException(409)
    s.add(Stay(jetty_id=id, day=day))
    s.commit()


@app.post("/stays")
def stay_where_fewest_are_ok(day: date, s: Session = Depends(get_db)):
    taken = select(Stay.jetty_id, func.count("*").label("n")).group_by(Stay.jetty_id).subquery()
    jetty = s.scalars(select(Jetty).outerjoin(taken, taken.c.jetty_id == Jetty.id).order_by(taken.c.n).limit(1)).first()
    if jetty is None:
        raise HTTPException(404)
    s.add(Stay(jetty_id=jetty.id, day=day))
    s.commit()


def left_on(id: int, day: date):
    taken = select(Stay).where(Stay.jetty_id == id, Stay.day == day).cte("stays_that_day")
    return (
        select((Jetty.berths - func.count(taken.c.jetty_id).filter(taken.c.jetty_id.is_not(None))).label("left"))
        .select_from(Jetty)
        .join(taken, taken.c.jetty_id == Jetty.id, isouter=True)
        .where(Jetty.id == id)
        .group_by(Jetty.berths, taken.c.jetty_id)
    )


@app.post("/jetties/{id}/stays-counted-outside")
def stay_counted_outside(id: int, day: date, s: Session = Depends(get_db)):
    left = s.execute(left_on(id, day)).scalar()  # step MB105 read
    if left <= 0:  # step MB105 check
        raise HTTPException(409)
    s.add(Stay(jetty_id=id, day=day))  # want MB105 "stays"
    s.commit()


@app.post("/jetties/{id}/stays-counted-outside-in-turn")
def stay_counted_outside_ok(id: int, day: date, s: Session = Depends(get_db)):
    s.execute(select(Jetty.id).where(Jetty.id == id).with_for_update())
    left = s.execute(left_on(id, day)).scalar()
    if left <= 0:
        raise HTTPException(409)
    s.add(Stay(jetty_id=id, day=day))
    s.commit()
