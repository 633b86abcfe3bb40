"""From where to where is kept in a table and given with a star: the function has as many parameters for it as are left."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kiln"))
app = FastAPI()

MOVES = {"load": ("empty", "loaded"), "fire": ("loaded", "firing"), "draw": ("firing", "empty")}


class Base(DeclarativeBase):
    pass


class Kiln(Base):
    __tablename__ = "kilns"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


async def get_db():
    async with Maker() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


async def move(before: str, after: str, kiln_id: int, db: AsyncSession) -> bool:
    kiln = await db.get(Kiln, kiln_id)
    if kiln is None or kiln.state != before:  # want MB107 "kilns.state"
        return False
    kiln.state = after
    await db.commit()
    return True


async def claim(before: str, after: str, kiln_id: int, db: AsyncSession) -> bool:
    moved = await db.execute(update(Kiln).where(Kiln.id == kiln_id, Kiln.state == before).values(state=after))
    await db.commit()
    return moved.rowcount == 1


@app.post("/kilns/{kiln_id}/{action}")
async def act(kiln_id: int, action: str, db: DB):
    if not await move(*MOVES[action], kiln_id, db):
        raise HTTPException(409)


@app.post("/v2/kilns/{kiln_id}/{action}")
async def act_in_one_step(kiln_id: int, action: str, db: DB):
    if not await claim(*MOVES[action], kiln_id, db):
        raise HTTPException(409)
