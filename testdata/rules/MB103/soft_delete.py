"""Deleted rows stay: a partial unique index covers the living, a check on all with NULLs is not covered."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/fleet")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Vehicle(Base):
    __tablename__ = "vehicles"

    id: Mapped[int] = mapped_column(primary_key=True)
    plate: Mapped[str] = mapped_column()
    deleted_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (Index("ux_living_plate", "plate", unique=True, postgresql_where=deleted_at.is_(None)),)


class Permit(Base):
    __tablename__ = "permits"

    id: Mapped[int] = mapped_column(primary_key=True)
    plate: Mapped[str] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/vehicles")
def add_vehicle(plate: str, db: DB):
    if db.scalar(select(Vehicle).where(Vehicle.plate == plate, Vehicle.deleted_at.is_(None))):
        raise HTTPException(409)
    db.add(Vehicle(plate=plate))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None


@app.post("/permits")
def add_permit(plate: str, db: DB):
    if db.scalar(select(Permit).where(Permit.plate == plate, Permit.closed_at.is_(None))):  # step MB103 check
        raise HTTPException(409)
    db.add(Permit(plate=plate))  # want MB103 "permits"
    db.commit()
