"""A condition with a parameter that is certainly true, or certainly false, is decided by the rest of it."""
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/arcade"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(unique=True)
    coins: Mapped[int]


async def get_db():
    async with Session() as db:
        yield db


async def by_card(card: str | None, db: AsyncSession, required: bool = True):
    player = (await db.execute(select(Player).where(Player.card == card))).scalar_one_or_none()
    if not player and required:
        raise HTTPException(401)
    return player


async def get_player(request: Request, db: AsyncSession = Depends(get_db)):
    return await by_card(request.cookies.get("card"), db)


@app.post("/play")
async def play(player: Player = Depends(get_player), db: AsyncSession = Depends(get_db)):
    if player.coins < 1:  # step MB101 check
        raise HTTPException(402)
    player.coins -= 1  # want MB101 "coins"
    await db.commit()


@app.post("/play-on")
async def play_on(player: Player = Depends(get_player), db: AsyncSession = Depends(get_db)):
    spent = await db.execute(update(Player).where(Player.id == player.id, Player.coins >= 1).values(coins=Player.coins - 1))
    if spent.rowcount == 0:
        raise HTTPException(402)
    await db.commit()
