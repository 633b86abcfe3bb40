"""Bookings of one court that overlap: an index speeds the look up, an exclusion constraint forbids the second one."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, create_engine, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

maker = sessionmaker(create_engine("postgresql+psycopg://club@db/club"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class CourtHour(Base):
    __tablename__ = "court_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    court: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    __table_args__ = (ExcludeConstraint(("court", "="), ("during", "&&"), using="gist", name="no_two_hours"),)


class LaneHour(Base):
    __tablename__ = "lane_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    __table_args__ = (Index("ix_lane_hours", "lane", "during", postgresql_using="gist"),)


def session():
    with maker() as s:
        yield s


DB = Annotated[Session, Depends(session)]


@app.post("/courts/{court}/hours")
def book_court(court: int, start: datetime, end: datetime, db: DB):
    during = Range(start, end)
    if db.scalars(select(CourtHour.id).where(CourtHour.court == court, CourtHour.during.overlaps(during))).first():
        raise HTTPException(409)
    db.add(CourtHour(court=court, during=during))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/lanes/{lane}/hours")
def book_lane(lane: int, start: datetime, end: datetime, db: DB):
    during = Range(start, end)
    if db.scalars(select(LaneHour.id).where(LaneHour.lane == lane, LaneHour.during.overlaps(during))).first():  # step MB103 check
        raise HTTPException(409)
    db.add(LaneHour(lane=lane, during=during))  # want MB103 "lane_hours"
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
