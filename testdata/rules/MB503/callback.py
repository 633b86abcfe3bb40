"""A queue hands a message to a function, which looks for a row that is not committed yet."""
import json
from contextlib import asynccontextmanager

import aio_pika
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/letters"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sent: Mapped[bool] = mapped_column(default=False)


async def on_letter(message: aio_pika.abc.AbstractIncomingMessage) -> None:
    async with message.process():
        async with Session.begin() as db:
            letter = await db.get(Letter, json.loads(message.body)["id"])
            if letter is not None:
                letter.sent = True


@asynccontextmanager
async def lifespan(app: FastAPI):
    connection = await aio_pika.connect_robust("amqp://rabbit/")
    channel = await connection.channel()
    queue = await channel.declare_queue("letters", durable=True)
    await queue.consume(on_letter)
    app.state.channel = channel
    yield
    await connection.close()


app = FastAPI(lifespan=lifespan)


@app.post("/letters")
async def write(text: str):
    async with Session() as db:
        letter = Letter(text=text)
        db.add(letter)
        await db.flush()
        body = json.dumps({"id": letter.id}).encode()
        await app.state.channel.default_exchange.publish(aio_pika.Message(body), routing_key="letters")  # want MB503 "letters"
        await db.commit()


@app.post("/v2/letters")
async def write_first(text: str):
    async with Session() as db:
        letter = Letter(text=text)
        db.add(letter)
        await db.commit()
        body = json.dumps({"id": letter.id}).encode()
        await app.state.channel.default_exchange.publish(aio_pika.Message(body), routing_key="letters")
