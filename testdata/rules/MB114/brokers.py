"""What was handed to a broker was handed over, whatever becomes of the row that waited."""
from datetime import datetime, timezone

import aio_pika
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/farm"))
producer = AIOKafkaProducer(bootstrap_servers="kafka:9092")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sent_at: Mapped[datetime | None]


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sent_at: Mapped[datetime | None]


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="new")


async def publish(text: str) -> None:
    connection = await aio_pika.connect_robust("amqp://broker/")
    async with connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(text.encode()), routing_key="parcels")


@app.post("/parcels/send")
async def send_parcels():
    async with Session() as session, session.begin():
        for parcel in (await session.scalars(select(Parcel).where(Parcel.sent_at.is_(None)).limit(20))).all():
            await publish(parcel.text)
            parcel.sent_at = datetime.now(timezone.utc)  # want MB114 "parcels"


@app.post("/crates/send")
async def send_crates():
    waiting = select(Crate).where(Crate.sent_at.is_(None)).limit(20).with_for_update(skip_locked=True)
    async with Session() as session, session.begin():
        for crate in (await session.scalars(waiting)).all():
            await publish(crate.text)
            crate.sent_at = datetime.now(timezone.utc)


@app.post("/letters/send")
async def send_letters():
    async with Session() as session, session.begin():
        for letter in (await session.scalars(select(Letter).where(Letter.state == "new"))).all():
            await producer.send_and_wait("letters", letter.text.encode())
            letter.state = "sent"  # want MB114 "letters"
