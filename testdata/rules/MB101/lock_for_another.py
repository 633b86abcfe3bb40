"""A lock under which something else is counted is there for that, and not for the row that was looked at before it."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/club"))
app = FastAPI()
SEATS = 40


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    seated: Mapped[bool]
    guests: Mapped[int]


class Coat(Base):
    __tablename__ = "coats"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def check_seats(db: Session):
    db.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": 7})
    if db.scalar(select(func.count()).select_from(Coat)) >= SEATS:
        raise HTTPException(409)


@app.post("/members/{id}/guests")
def bring_guest(id: int, db: DB):
    member = db.get(Member, id)
    if member.guests >= 3:  # want MB101 "members.guests"
        raise HTTPException(409)
    check_seats(db)
    db.add(Coat(member_id=id))
    member.guests = member.guests + 1
    db.commit()
