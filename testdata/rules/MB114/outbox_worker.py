"""A loop that the lifespan starts, in every replica, and a route that does the same by hand."""
import asyncio
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/outbox"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Mail(Base):
    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    sent: Mapped[bool] = mapped_column(default=False)


async def deliver(to: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://mail.example/", json={"to": to})


async def send_one() -> None:
    async with Session() as db:
        mail = await db.scalar(select(Mail).where(Mail.sent.is_(False)).limit(1))  # step MB114 read
        if mail is None:
            return
        await deliver(mail.to)
        mail.sent = True  # want MB114 "sent"
        await db.commit()


async def send_one_claimed() -> None:
    async with Session() as db:
        to = await db.scalar(
            update(Mail)
            .where(
                Mail.id == select(Mail.id).where(Mail.sent.is_(False)).limit(1).with_for_update(skip_locked=True).scalar_subquery()
            )
            .values(sent=True)
            .returning(Mail.to)
        )
        await db.commit()
    if to is not None:
        await deliver(to)


async def send_one_raw() -> None:
    async with Session() as db, db.begin():
        row = (
            await db.execute(text('SELECT id, "to" FROM mails WHERE NOT sent LIMIT 1 FOR UPDATE SKIP LOCKED'))
        ).first()
        if row is None:
            return
        await deliver(row.to)
        await db.execute(text("UPDATE mails SET sent = true WHERE id = :id"), {"id": row.id})


async def loop() -> None:
    while True:
        await send_one_claimed()
        await asyncio.sleep(5)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(loop())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/mails/send-one")
async def send_by_hand():
    await send_one()


@app.post("/mails/send-one-raw")
async def send_by_hand_raw():
    await send_one_raw()
