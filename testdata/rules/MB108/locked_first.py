"""The first account is the curator's: counted under a lock on the whole table, or under an advisory lock whose key is bound."""
import asyncpg
from fastapi import Depends, FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://museum@db/museum"))
app = FastAPI()
FOUNDING = 90210


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # nobody asks whether it is taken
    chief: Mapped[bool]


class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


async def session():
    async with maker() as s:
        yield s


async def connection():
    conn = await asyncpg.connect("postgresql://museum@db/museum")
    yield conn
    await conn.close()


@app.post("/keepers")
async def found(name: str, s: AsyncSession = Depends(session)):
    await s.execute(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=FOUNDING))
    s.add(Keeper(name=name, chief=not await s.scalar(select(func.count(Keeper.id)))))
    await s.commit()


@app.post("/guests")
async def found_unlocked(s: AsyncSession = Depends(session)):
    first = await s.scalar(select(func.count()).select_from(Guest)) == 0
    s.add(Guest(role="curator" if first else "guest"))  # want MB108 "guests|first"
    await s.commit()


@app.post("/wardens")
async def warden(conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        await conn.execute("LOCK TABLE wardens IN EXCLUSIVE MODE")
        n = await conn.fetchval("SELECT count(*) FROM wardens")
        await conn.execute("INSERT INTO wardens (role) VALUES ($1)", "chief" if n == 0 else "warden")


@app.post("/porters")
async def porter(conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        await conn.execute("LOCK TABLE porters IN ROW EXCLUSIVE MODE")
        n = await conn.fetchval("SELECT count(*) FROM porters")
        await conn.execute("INSERT INTO porters (role) VALUES ($1)", "admin" if n == 0 else "porter")  # want MB108 "porters|first"
