"""What a task is given, and what it asks again."""
import asyncio
from typing import Annotated

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/courier"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Delivery(Base):
    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[str]
    state: Mapped[str] = mapped_column(default="new")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def drive(delivery_id: int, street: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://fleet.example/tours", json={"id": delivery_id, "to": street})


async def start_tour(delivery: Delivery) -> None:
    await drive(delivery.id, delivery.street)  # want MB501 "street"


async def start_tour_snapshot(delivery_id: int, street: str) -> None:
    await drive(delivery_id, street)  # want MB501 "street"


async def start_claimed(delivery_id: int) -> None:
    async with Session() as db:
        street = await db.scalar(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == "new")
            .values(state="on tour")
            .returning(Delivery.street)
        )
        await db.commit()
    if street is not None:
        await drive(delivery_id, street)


async def log_start(delivery_id: int) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://log.example/", json={"started": delivery_id})


async def load(delivery_id: int, db: DB) -> Delivery:
    delivery = await db.get(Delivery, delivery_id)
    if delivery is None:
        raise HTTPException(404)
    return delivery


@app.post("/deliveries/{delivery_id}/start")
async def start(tasks: BackgroundTasks, delivery: Annotated[Delivery, Depends(load)]):
    tasks.add_task(start_tour, delivery)


@app.post("/deliveries/{delivery_id}/start-later")
async def start_later(delivery: Annotated[Delivery, Depends(load)]):
    app.state.last = asyncio.create_task(start_tour_snapshot(delivery.id, delivery.street))


@app.post("/deliveries/{delivery_id}/start-claimed")
async def start_by_key(delivery_id: int, tasks: BackgroundTasks):
    tasks.add_task(start_claimed, delivery_id)
    tasks.add_task(log_start, delivery_id)


@app.put("/deliveries/{delivery_id}/street")
async def redirect(delivery_id: int, street: str, db: DB):
    moved = await db.execute(
        update(Delivery).where(Delivery.id == delivery_id, Delivery.state == "new").values(street=street)
    )
    if moved.rowcount != 1:
        raise HTTPException(409)
    await db.commit()
