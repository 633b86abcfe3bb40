"""Sockets and event streams: asked once, asked for each message, and asked of what nobody changes."""
import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, WebSocket, WebSocketDisconnect, WebSocketException
from fastapi.responses import StreamingResponse
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/club"), expire_on_commit=False)
app = FastAPI()
router = APIRouter()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    role: Mapped[str] = mapped_column(default="guest")


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    text: Mapped[str]


class Channel(Base):
    """Channels are made at start-up and never changed."""

    __tablename__ = "channels"

    name: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool] = mapped_column(default=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def active(db: DB, token: Annotated[str, Query()]) -> Account:
    account = await db.scalar(select(Account).where(Account.token == token))
    if account is None or not account.is_active:  # step MB304 check
        raise WebSocketException(1008)
    return account


Active = Annotated[Account, Depends(active)]


async def write(account_id: int, text: str) -> None:
    async with Session.begin() as session:
        session.add(Line(account_id=account_id, text=text))  # want MB304 "is_active"


@router.websocket("/talk")
async def talk(socket: WebSocket, account: Active):
    await socket.accept()
    try:
        while True:
            await write(account.id, await socket.receive_text())
    except WebSocketDisconnect:
        pass


async def role_of(account_id: int) -> str | None:
    async with Session() as session:
        return await session.scalar(select(Account.role).where(Account.id == account_id))


@router.websocket("/moderate/{account_id}")
async def moderate(socket: WebSocket, account_id: int):
    if await role_of(account_id) != "moderator":  # step MB304 check
        await socket.close(1008)
        return
    await socket.accept()
    async for line_id in socket.iter_text():
        async with Session.begin() as session:
            await session.execute(delete(Line).where(Line.id == int(line_id)))  # want MB304 "role"


class Feed:
    def __init__(self, db: DB) -> None:
        self.db = db

    async def must_be_staff(self, account_id: int) -> None:
        account = await self.db.get(Account, account_id)
        if account is None or account.role not in ("staff", "owner"):  # step MB304 check
            raise HTTPException(403)

    async def lines(self):
        while True:
            for line in await self.db.scalars(select(Line).order_by(Line.id.desc()).limit(5)):
                yield f"data: {line.text}\n\n"  # want MB304 "role"
            await asyncio.sleep(5)


@router.get("/feed/{account_id}")
async def feed(account_id: int, feed: Annotated[Feed, Depends()]):
    await feed.must_be_staff(account_id)
    return StreamingResponse(feed.lines(), media_type="text/event-stream")


# Sound.


@router.websocket("/v2/talk/{account_id}")
async def talk_asking(socket: WebSocket, account_id: int):
    await socket.accept()
    while True:
        text = await socket.receive_text()
        async with Session.begin() as session:
            account = await session.get(Account, account_id, with_for_update=True)
            if account is None or not account.is_active:
                await socket.close(1008)
                return
            session.add(Line(account_id=account_id, text=text))


@router.websocket("/v2/moderate/{account_id}")
async def moderate_asking(socket: WebSocket, account_id: int):
    await socket.accept()
    async for line_id in socket.iter_text():
        if await role_of(account_id) != "moderator":
            await socket.close(1008)
            break
        async with Session.begin() as session:
            await session.execute(delete(Line).where(Line.id == int(line_id)))


@router.websocket("/channels/{name}")
async def listen(socket: WebSocket, name: str, db: DB):
    channel = await db.get(Channel, name)
    if channel is None or not channel.open:
        await socket.close(1008)
        return
    await socket.accept()
    while True:
        await write(0, await socket.receive_text())


@router.websocket("/once/{account_id}")
async def once(socket: WebSocket, account_id: int, account: Active):
    await socket.accept()
    await write(account.id, "hello")
    await socket.close()


@router.get("/public")
async def public(db: DB):
    async def ticks():
        while True:
            yield "data: tick\n\n"
            await asyncio.sleep(1)

    return StreamingResponse(ticks(), media_type="text/event-stream")


@router.put("/accounts/{account_id}/active")
async def switch(account_id: int, on: bool, db: DB):
    await db.execute(update(Account).where(Account.id == account_id).values(is_active=on))
    await db.commit()


@router.put("/accounts/{account_id}/role")
async def set_role(account_id: int, role: str, db: DB):
    await db.execute(update(Account).where(Account.id == account_id).values(role=role))
    await db.commit()


app.include_router(router)
