"""The permission is looked up under a lock, and the lock is gone with the transaction in which that was done."""
import httpx
from fastapi import FastAPI, HTTPException, WebSocket
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/band")
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    can_record: Mapped[bool]


class Take(Base):
    __tablename__ = "takes"

    id: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[int]
    notes: Mapped[str]


async def allowed(db: AsyncSession, player_id: int) -> bool:
    player = await db.scalar(select(Player).where(Player.id == player_id).with_for_update(read=True))
    return player is not None and player.can_record


@app.websocket("/players/{player_id}/once")
async def asked_once(ws: WebSocket, player_id: int):
    async with Session() as db:
        if not await allowed(db, player_id):  # want MB304 "players"
            await ws.close(4403)
            return
    await ws.accept()
    async for notes in ws.iter_text():
        async with Session.begin() as db:
            db.add(Take(player_id=player_id, notes=notes))


@app.websocket("/players/{player_id}/each")
async def asked_each_time(ws: WebSocket, player_id: int):
    await ws.accept()
    async for notes in ws.iter_text():
        async with Session.begin() as db:
            if not await allowed(db, player_id):
                await ws.close(4403)
                return
            db.add(Take(player_id=player_id, notes=notes))


@app.post("/players/{player_id}/composed")
async def compose(player_id: int):
    async with Session.begin() as db:
        if not await allowed(db, player_id):  # want MB303 "players"
            raise HTTPException(403)
    async with httpx.AsyncClient(timeout=120) as client:
        notes = (await client.post("https://composer.example/compose")).text
    async with Session.begin() as db:
        db.add(Take(player_id=player_id, notes=notes))


@app.post("/players/{player_id}/composed/held")
async def compose_held(player_id: int):
    async with Session.begin() as db:
        if not await allowed(db, player_id):
            raise HTTPException(403)
        async with httpx.AsyncClient(timeout=120) as client:
            notes = (await client.post("https://composer.example/compose")).text
        db.add(Take(player_id=player_id, notes=notes))


@app.post("/players/{player_id}/mute")
async def mute(player_id: int):
    async with Session.begin() as db:
        player = await db.get(Player, player_id, with_for_update=True)
        player.can_record = False
