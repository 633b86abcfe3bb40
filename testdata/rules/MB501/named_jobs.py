"""A job is sent by the name of its function with a snapshot of the row; another by its name with the key alone."""
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from arq import create_pool
from arq.connections import RedisSettings
from celery import Celery
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/charters"), expire_on_commit=False)
celery = Celery(broker="redis://localhost")


class Base(DeclarativeBase):
    pass


class Charter(Base):
    __tablename__ = "charters"

    id: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[str]
    cents: Mapped[int]
    state: Mapped[str] = mapped_column(default="requested")


async def collect(ctx: dict, charter_id: int, card: str, cents: int) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://psp.example/charges", json={"card": card, "amount": cents, "reference": charter_id})  # want MB501 "charters"


async def collect_claimed(ctx: dict, charter_id: int) -> None:
    async with Session.begin() as db:
        charter = (
            await db.execute(
                update(Charter).where(Charter.id == charter_id, Charter.state == "confirmed").values(state="charged").returning(Charter.card, Charter.cents)
            )
        ).one_or_none()
    if charter is None:
        return
    async with httpx.AsyncClient() as client:
        await client.post("https://psp.example/charges", json={"card": charter.card, "amount": charter.cents})


class WorkerSettings:
    functions = [collect, collect_claimed]
    redis_settings = RedisSettings()


@celery.task(name="charters.deposit")
def deposit(charter_id: int, card: str) -> None:
    httpx.post("https://psp.example/deposits", json={"card": card, "reference": charter_id})  # want MB501 "charters"


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.queue = await create_pool(RedisSettings())
    yield


app = FastAPI(lifespan=lifespan)


async def confirmed(charter_id: int) -> Charter:
    async with Session() as db:
        charter = await db.get(Charter, charter_id, with_for_update=True)
        if charter is None or charter.state != "requested":  # want MB501 "charters.state"
            raise HTTPException(409)
        charter.state = "confirmed"
        await db.commit()
        return charter


@app.post("/charters/{charter_id}/confirm")
async def confirm(charter_id: int, request: Request):
    charter = await confirmed(charter_id)
    await request.app.state.queue.enqueue_job("collect", charter.id, charter.card, charter.cents, _defer_by=timedelta(hours=24))


@app.post("/v2/charters/{charter_id}/confirm")
async def confirm_and_claim(charter_id: int, request: Request):
    charter = await confirmed(charter_id)
    await request.app.state.queue.enqueue_job("collect_claimed", charter.id, _defer_by=timedelta(hours=24))


@app.post("/v3/charters/{charter_id}/confirm")
async def confirm_with_celery(charter_id: int):
    charter = await confirmed(charter_id)
    celery.send_task("charters.deposit", args=[charter.id, charter.card], countdown=3600)


@app.post("/charters/{charter_id}/cancel")
async def cancel(charter_id: int):
    async with Session.begin() as db:
        done = await db.execute(
            update(Charter).where(Charter.id == charter_id, Charter.state.in_(["requested", "confirmed"])).values(state="cancelled")
        )
    if not done.rowcount:
        raise HTTPException(409)
