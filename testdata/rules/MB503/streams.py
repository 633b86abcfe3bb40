"""A message that FastStream carries to any of its brokers tells whoever listens there which row to look at."""
from faststream.kafka import KafkaBroker
from faststream.rabbit import RabbitBroker
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SessionLocal = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/quarry"), expire_on_commit=False)
app = FastAPI()
rabbit = RabbitBroker("amqp://localhost")
kafka = KafkaBroker("localhost:9092")
weighed = kafka.publisher("weighed")


class Base(DeclarativeBase):
    pass


class Truck(Base):
    __tablename__ = "trucks"

    id: Mapped[int] = mapped_column(primary_key=True)
    tonnes: Mapped[int]


@app.post("/a/trucks")
async def sent(tonnes: int):
    async with SessionLocal() as db:
        truck = Truck(tonnes=tonnes)
        db.add(truck)
        await db.flush()
        await rabbit.publish({"truck": truck.id}, "weighed")  # want MB503 "trucks"
        await db.commit()


@app.post("/b/trucks")
async def by_publisher(tonnes: int):
    async with SessionLocal() as db:
        truck = Truck(tonnes=tonnes)
        db.add(truck)
        await db.flush()
        await weighed.publish(truck.id)  # want MB503 "trucks"
        await db.commit()


@app.post("/c/trucks")
async def afterwards_ok(tonnes: int):
    async with SessionLocal() as db:
        truck = Truck(tonnes=tonnes)
        db.add(truck)
        await db.commit()
    await rabbit.publish({"truck": truck.id}, "weighed")
