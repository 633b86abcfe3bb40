"""How long a text of a row is says nothing of how much there is to spend."""
from typing import Annotated

import stripe
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/post"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str]
    deposit: Mapped[int]
    intent: Mapped[str]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/parcels/{parcel_id}/refunds")
def refund_ok(parcel_id: int, cents: int, db: DB):
    parcel = db.get(Parcel, parcel_id)
    if parcel is None or len(parcel.sender) < 1:
        raise HTTPException(404)
    stripe.Refund.create(payment_intent=parcel.intent, amount=cents)


@app.post("/parcels/{parcel_id}/deposits")
def refund_deposit(parcel_id: int, cents: int, db: DB):
    parcel = db.get(Parcel, parcel_id)
    if parcel is None or parcel.deposit < cents:  # step MB102 check
        raise HTTPException(404)
    stripe.Refund.create(payment_intent=parcel.intent, amount=cents)  # want MB102 "parcels.deposit"
    parcel.deposit -= cents
    db.commit()


@app.put("/parcels/{parcel_id}/sender")
def rename(parcel_id: int, sender: str, db: DB):
    parcel = db.get(Parcel, parcel_id)
    if parcel is None:
        raise HTTPException(404)
    parcel.sender = sender
    db.commit()
