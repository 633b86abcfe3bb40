"""Who was champion is no longer, by a condition, and somebody else is: the row that was looked at is not the one that was claimed."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/chess"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"
    __table_args__ = (Index("ix_players_champion", "club_id", unique=True, postgresql_where=text("status = 'champion'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int]
    status: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/clubs/{club_id}/champion/{player_id}")
async def crown(club_id: int, player_id: int, db: DB):
    player = await db.scalar(select(Player).where(Player.id == player_id))
    if player.status == "champion":  # want MB107 "the transition happens twice"
        raise HTTPException(409)
    await db.execute(update(Player).where(Player.club_id == club_id, Player.status == "champion").values(status="member"))
    try:
        await db.execute(update(Player).where(Player.id == player_id).values(status="champion"))
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
