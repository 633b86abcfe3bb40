"""Tries are counted by an insert that steps on the row that it meets: looked at before, or by what it gives back."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/doors"))
app = FastAPI()
pool: asyncpg.Pool


class Base(DeclarativeBase):
    pass


class Tries(Base):
    __tablename__ = "login_tries"
    door: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]


async def db():
    async with Session() as session:
        yield session


@app.post("/login/{door}")
async def knock(door: str):
    tries = await pool.fetchval("SELECT tries FROM login_tries WHERE door = $1", door)
    if (tries or 0) >= 5:  # step MB305 check
        raise HTTPException(429)
    await pool.execute("INSERT INTO login_tries (door, tries) VALUES ($1, 1) ON CONFLICT (door) DO UPDATE SET tries = login_tries.tries + 1", door)  # want MB305 "login_tries.tries"


@app.post("/login/{door}/counted")
async def knock_counted(door: str):
    tries = await pool.fetchval("INSERT INTO login_tries (door, tries) VALUES ($1, 1) ON CONFLICT (door) DO UPDATE SET tries = login_tries.tries + 1 RETURNING tries", door)
    if tries > 5:
        raise HTTPException(429)


@app.post("/login/{door}/bounded")
async def knock_bounded(door: str):
    tries = await pool.fetchval(
        "INSERT INTO login_tries (door, tries) VALUES ($1, 1) ON CONFLICT (door) DO UPDATE SET tries = login_tries.tries + 1 WHERE login_tries.tries < 5 RETURNING tries", door
    )
    if tries is None:
        raise HTTPException(429)


@app.post("/login/{door}/orm")
async def knock_orm(door: str, session: AsyncSession = Depends(db)):
    if ((await session.scalar(select(Tries.tries).where(Tries.door == door))) or 0) >= 5:  # step MB305 check
        raise HTTPException(429)
    stmt = insert(Tries).values(door=door, tries=1).on_conflict_do_update(index_elements=["door"], set_={"tries": Tries.tries + 1})
    await session.execute(stmt)  # want MB305 "login_tries.tries"
    await session.commit()
