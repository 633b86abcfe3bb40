"""A stream goes on for somebody whose share was taken away; one asks in each round, and one is of nothing that was shared."""
import asyncio
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sse_starlette.sse import EventSourceResponse

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kilns"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Share(Base):
    __tablename__ = "shares"

    kiln_id: Mapped[int] = mapped_column(primary_key=True)
    potter_id: Mapped[int] = mapped_column(primary_key=True)


class Reading(Base):
    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    kiln_id: Mapped[int]
    celsius: Mapped[int]


async def shared(kiln_id: int, potter_id: int) -> bool:
    async with Session() as db:
        return await db.get(Share, (kiln_id, potter_id)) is not None


async def latest(kiln_id: int) -> int | None:
    async with Session() as db:
        return await db.scalar(select(Reading.celsius).where(Reading.kiln_id == kiln_id).order_by(Reading.id.desc()).limit(1))


async def readings(kiln_id: int):
    while True:
        yield {"data": await latest(kiln_id)}
        await asyncio.sleep(5)


async def readings_while_shared(kiln_id: int, potter_id: int):
    while await shared(kiln_id, potter_id):
        yield {"data": await latest(kiln_id)}
        await asyncio.sleep(5)


@app.get("/kilns/{kiln_id}/live")
async def live(kiln_id: int, x_potter: Annotated[int, Header()]):
    if not await shared(kiln_id, x_potter):  # want MB304 "shares"
        raise HTTPException(403)
    return EventSourceResponse(readings(kiln_id))


@app.get("/v2/kilns/{kiln_id}/live")
async def live_while_shared(kiln_id: int, x_potter: Annotated[int, Header()]):
    if not await shared(kiln_id, x_potter):
        raise HTTPException(403)
    return EventSourceResponse(readings_while_shared(kiln_id, x_potter))


@app.get("/v3/kilns/{kiln_id}/live")
async def live_if_any(kiln_id: int, x_potter: Annotated[int, Header()]):
    if not await shared(kiln_id, x_potter):
        raise HTTPException(404)
    return EventSourceResponse(readings(kiln_id))


@app.delete("/kilns/{kiln_id}/potters/{potter_id}", status_code=204)
async def unshare(kiln_id: int, potter_id: int):
    async with Session.begin() as db:
        await db.execute(delete(Share).where(Share.kiln_id == kiln_id, Share.potter_id == potter_id))
