"""A row that is deleted stands for the amount that is paid out of it, whatever its table is called."""
import httpx
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/lockers")
bank = httpx.Client(base_url="https://bank.example")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Surety(Base):
    __tablename__ = "sureties"
    id: Mapped[int] = mapped_column(primary_key=True)
    iban: Mapped[str]
    cents: Mapped[int]


class Sticker(Base):
    __tablename__ = "stickers"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@app.post("/sureties/{id}/return")
def give_back(id: int):
    with Session(engine) as s:
        surety = s.get(Surety, id)
        if surety is None:  # want MB112 "sureties"
            raise HTTPException(404)
        iban, cents = surety.iban, surety.cents
        s.execute(delete(Surety).where(Surety.id == id))
        s.commit()
    bank.post("/transfers", json={"to": iban, "cents": cents})


@app.post("/sureties/{id}/return-once")
def give_back_once_ok(id: int):
    with Session(engine) as s:
        row = s.execute(delete(Surety).where(Surety.id == id).returning(Surety.iban, Surety.cents)).one_or_none()
        if row is None:
            raise HTTPException(404)
        s.commit()
    bank.post("/transfers", json={"to": row.iban, "cents": row.cents})


@app.delete("/stickers/{id}")
def peel_off_ok(id: int):
    with Session(engine) as s:
        sticker = s.get(Sticker, id)
        if sticker is None:
            raise HTTPException(404)
        text = sticker.text
        s.execute(delete(Sticker).where(Sticker.id == id))
        s.commit()
    bank.post("/peeled", json={"text": text})
