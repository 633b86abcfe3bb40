"""An advisory lock that a dependency takes in a transaction of its own: it is held as long as that transaction is open."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/stage")
Session = async_sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Casting(Base):
    __tablename__ = "castings"

    id: Mapped[int] = mapped_column(primary_key=True)
    play_id: Mapped[int]
    part: Mapped[str]
    actor: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def lock_play(play_id: int) -> None:
    async with engine.begin() as conn:
        await conn.execute(select(func.pg_advisory_xact_lock(play_id)))


async def hold_play(play_id: int):
    async with engine.begin() as conn:
        await conn.execute(select(func.pg_advisory_xact_lock(play_id)))
        yield


@app.post("/plays/{play_id}/parts/{part}", dependencies=[Depends(lock_play)])
async def cast_part(play_id: int, part: str, actor: str, db: DB):
    if await db.scalar(select(Casting.id).where(Casting.play_id == play_id, Casting.part == part)):
        raise HTTPException(409)
    db.add(Casting(play_id=play_id, part=part, actor=actor))  # want MB103|MB110 "part"
    await db.commit()


@app.post("/v2/plays/{play_id}/parts/{part}", dependencies=[Depends(hold_play)])
async def cast_part_under_lock(play_id: int, part: str, actor: str, db: DB):
    if await db.scalar(select(Casting.id).where(Casting.play_id == play_id, Casting.part == part)):
        raise HTTPException(409)
    db.add(Casting(play_id=play_id, part=part, actor=actor))
    await db.commit()
