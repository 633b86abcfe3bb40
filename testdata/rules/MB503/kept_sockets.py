"""Sockets that were kept are told of a row before it is committed."""
from fastapi import FastAPI, WebSocket
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/board"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str]


class Hub:
    def __init__(self) -> None:
        self.sockets: list[WebSocket] = []

    async def tell(self, message: dict) -> None:
        for ws in list(self.sockets):
            await ws.send_json(message)  # want MB503 "cards"


hub = Hub()


@app.get("/cards/{card_id}")
async def show(card_id: int):
    async with Session() as db:
        return await db.get(Card, card_id)


@app.post("/cards/{card_id}/move")
async def move(card_id: int, column: str):
    async with Session() as db:
        await db.execute(update(Card).where(Card.id == card_id).values(column=column))
        await hub.tell({"moved": card_id})
        await db.commit()


@app.post("/v2/cards/{card_id}/move")
async def move_first(card_id: int, column: str):
    async with Session() as db:
        await db.execute(update(Card).where(Card.id == card_id).values(column=column))
        await db.commit()
        await hub.tell({"moved": card_id})
