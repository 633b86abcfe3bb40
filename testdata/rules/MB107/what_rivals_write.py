"""Decisions that nothing turns which anybody writes, beside decisions that somebody turns."""
from datetime import datetime
from typing import Annotated

import stripe
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kennel"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Dog(Base):
    __tablename__ = "dogs"

    id: Mapped[int] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime | None]
    name: Mapped[str]
    mood: Mapped[str]
    until: Mapped[datetime]
    keeper_id: Mapped[int | None]
    food: Mapped[int]
    vet_at: Mapped[datetime | None]
    coat: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


# Who was seen once stays seen, whenever that was last.
@app.post("/dogs/{dog_id}/seen")
async def seen(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    dog.seen_at = datetime.now()
    await db.commit()


@app.post("/dogs/{dog_id}/invoice")
async def invoice(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.seen_at is None:
        raise HTTPException(409)
    stripe.Charge.create(amount=200, currency="eur")


# Nobody can be named as the house dog is.
@app.post("/dogs/{dog_id}/name")
async def rename(dog_id: int, name: str, db: DB):
    if name == "Rex":
        raise HTTPException(422)
    dog = await db.get(Dog, dog_id)
    dog.name = name
    await db.commit()


@app.delete("/dogs/{dog_id}")
async def sell(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.name == "Rex":
        raise HTTPException(403)
    stripe.Charge.create(amount=200, currency="eur")


# A dog that is calm by now was never one that had to wait.
@app.post("/dogs/{dog_id}/calm")
async def calm(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    dog.mood = "calm"
    await db.commit()


@app.post("/dogs/{dog_id}/walk")
async def walk(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.mood == "wild" and dog.until > datetime.now():
        raise HTTPException(409)
    stripe.Charge.create(amount=300, currency="eur")


class Card(BaseModel):
    id: int
    keeper_id: int | None
    food: int


async def read(dog_id: int):
    async with Session() as db:
        dog = (await db.execute(select(Dog).where(Dog.id == dog_id))).scalars().first()
        return Card(id=dog.id, keeper_id=dog.keeper_id, food=dog.food)


async def store(card: Card):
    async with Session() as db:
        dog = (await db.execute(select(Dog).where(Dog.id == card.id))).scalars().first()
        dog.keeper_id = card.keeper_id
        dog.food = card.food
        await db.commit()


# The keeper is given back as he was read.
@app.post("/dogs/{dog_id}/feed")
async def feed(dog_id: int):
    card = await read(dog_id)
    card.food = 0
    await store(card)


@app.post("/dogs/{dog_id}/board")
async def board(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.keeper_id is None:
        raise HTTPException(409)
    stripe.Charge.create(amount=500, currency="eur")


# A visit that is called off turns the decision to charge it, and a coat that is chosen freely may be the one that is not groomed.
@app.post("/dogs/{dog_id}/call-off")
async def call_off(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    dog.vet_at = None
    await db.commit()


@app.post("/dogs/{dog_id}/vet")
async def vet(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.vet_at is None:  # want MB107 "vet_at"
        raise HTTPException(409)
    stripe.Charge.create(amount=700, currency="eur")


@app.post("/dogs/{dog_id}/coat")
async def recoat(dog_id: int, coat: str, db: DB):
    if coat == "striped":
        raise HTTPException(422)
    dog = await db.get(Dog, dog_id)
    dog.coat = coat
    await db.commit()


@app.post("/dogs/{dog_id}/groom")
async def groom(dog_id: int, db: DB):
    dog = await db.get(Dog, dog_id)
    if dog.coat == "bald":  # want MB107 "coat"
        raise HTTPException(409)
    stripe.Charge.create(amount=900, currency="eur")
