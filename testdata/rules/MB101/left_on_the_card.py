"""A gift card is no code that works once: what is left on it is an amount."""
from decimal import Decimal

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(create_engine("postgresql://localhost/shop"))


class Base(DeclarativeBase):
    pass


class GiftCard(Base):
    __tablename__ = "gift_cards"

    code: Mapped[str] = mapped_column(primary_key=True)
    left: Mapped[Decimal]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/gift-cards/{code}/spend")
def spend(code: str, amount: Decimal, db: Session = Depends(get_db)):
    card = db.get_one(GiftCard, code)
    if card.left < amount:  # step MB101 check
        raise HTTPException(402)
    card.left = card.left - amount  # want MB101 "left"
    db.commit()


@app.post("/v2/gift-cards/{code}/spend")
def spend_at_once(code: str, amount: Decimal, db: Session = Depends(get_db)):
    paid = db.execute(update(GiftCard).where(GiftCard.code == code, GiftCard.left >= amount).values(left=GiftCard.left - amount))
    if paid.rowcount == 0:
        raise HTTPException(402)
    db.commit()
