"""What is often published as the repair and changes nothing: a transaction, a second read."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/game")
Session = async_sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    gold: Mapped[int] = mapped_column(default=0)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/players/{player_id}/loot/begin")
async def loot_in_begin(player_id: int, gold: int, db: DB):
    async with db.begin():
        player = await db.get(Player, player_id)
        if player is None:
            raise HTTPException(404)
        player.gold = player.gold + gold  # want MB101 "gold"


@app.post("/players/{player_id}/loot/refreshed")
async def loot_refreshed(player_id: int, gold: int, db: DB):
    player = await db.get(Player, player_id)
    if player is None:
        raise HTTPException(404)
    await db.refresh(player)
    player.gold = player.gold + gold  # want MB101 "gold"
    await db.commit()


@app.post("/players/{player_id}/loot/nested")
async def loot_in_savepoint(player_id: int, gold: int, db: DB):
    async with db.begin_nested():
        player = (await db.scalars(select(Player).where(Player.id == player_id))).one()
        total = player.gold + gold
        player.gold = total  # want MB101 "gold"
    await db.commit()


@app.post("/players/{player_id}/loot/refreshed-locked")
async def loot_refreshed_under_lock(player_id: int, gold: int, db: DB):
    player = await db.get(Player, player_id)
    if player is None:
        raise HTTPException(404)
    await db.refresh(player, with_for_update=True)
    player.gold = player.gold + gold
    await db.commit()
