"""Rows are moved up to make room in a list, and down to close a gap: that takes nothing which only one could have."""
from fastapi import Depends, FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from sqlalchemy import create_engine, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/boards"))
app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost")["boards"]


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int]
    place: Mapped[int]
    seats: Mapped[int]


class Move(Base):
    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


@app.post("/cards/{id}/move")
def move(id: int, to: int, s: Session = Depends(get_db)):
    card = s.get(Card, id)
    if card.place == to:
        return
    s.execute(update(Card).where(Card.list_id == card.list_id, Card.place > card.place).values(place=Card.place - 1))
    s.execute(text("UPDATE cards SET place = place + 1 WHERE list_id = :list AND place >= :to"), {"list": card.list_id, "to": to})
    card.place = to
    s.add(Move(card_id=id))
    s.commit()


@app.post("/lists/{list_id}/cards/{id}/move")
async def move_document(list_id: str, id: str, to: int):
    card = await db.cards.find_one({"_id": id})
    if card["place"] == to:
        return
    await db.cards.update_many({"list": list_id, "_id": {"$ne": id}, "place": {"$gt": card["place"]}}, {"$inc": {"place": -1}})
    await db.cards.update_many({"list": list_id, "_id": {"$ne": id}, "place": {"$gte": to}}, {"$inc": {"place": 1}})
    await db.cards.update_one({"_id": id}, {"$set": {"place": to}, "$inc": {"revision": 1}})


@app.post("/cards/{id}/sit")
def sit(id: int, people: int, s: Session = Depends(get_db)):
    card = s.get(Card, id)
    if card.seats < people:
        raise HTTPException(409)
    s.execute(update(Card).where(Card.id == id, Card.seats >= people).values(seats=Card.seats - people))
    s.add(Move(card_id=id))  # want MB112 "cards"
    s.commit()
