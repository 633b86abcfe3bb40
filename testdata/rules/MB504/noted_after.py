"""What was done is noted under a unique key, but only after it was done: the second note is refused, the second payment is not."""
from typing import Annotated

import httpx
import stripe
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/opera"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Settlement(Base):
    __tablename__ = "settlements"

    booking_ref: Mapped[str] = mapped_column(primary_key=True)
    charge: Mapped[str | None]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/bookings/{ref}/settle")
def settle(ref: str, cents: int, db: DB):
    if db.scalar(select(Settlement).where(Settlement.booking_ref == ref)):  # step MB504 check
        raise HTTPException(409)
    charge = stripe.Charge.create(amount=cents, currency="eur")  # want MB504 "settlements"
    db.add(Settlement(booking_ref=ref, charge=charge.id))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/bookings/{ref}/charge")
def settle_unless_charged(ref: str, cents: int, db: DB):
    earlier = db.scalar(select(Settlement.charge).where(Settlement.booking_ref == ref))
    if earlier is not None:  # step MB504 check
        return earlier
    charge = stripe.Charge.create(amount=cents, currency="eur")  # want MB504 "settlements"
    db.add(Settlement(booking_ref=ref, charge=charge.id))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    return charge.id


@app.post("/v2/bookings/{ref}/settle")
def settle_once(ref: str, cents: int, db: DB):
    settlement = Settlement(booking_ref=ref)
    db.add(settlement)
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    settlement.charge = stripe.Charge.create(amount=cents, currency="eur").id
    db.commit()


class Venue(Base):
    __tablename__ = "venues"

    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]


@app.put("/venues/{name}")
def connect_venue(name: str, key: str, db: DB):
    venue = db.get(Venue, name)
    if venue is None or venue.key != key:
        # It is only asked whether the key is good, whoever has a row.
        httpx.post("https://venues.example/check", json={"key": key}).raise_for_status()
    try:
        if venue is None:
            db.add(Venue(name=name, key=key))
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
