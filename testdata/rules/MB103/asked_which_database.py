"""A lock that is taken on the database that the project uses, and one that is taken on another."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Buoy(Base):
    __tablename__ = "buoys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def on_sqlite(db: AsyncSession) -> bool:
    return db.get_bind().dialect.name == "sqlite"


@app.post("/berths/{name}")
async def add_berth(name: str, db: DB):
    if on_sqlite(db):
        await db.commit()
    elif db.bind.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(7)))
    if await db.scalar(select(Berth).where(Berth.name == name)):
        raise HTTPException(409)
    db.add(Berth(name=name))
    await db.commit()


@app.post("/buoys/{name}")
async def add_buoy(name: str, db: DB):
    dialect_name = db.get_bind().dialect.name
    if dialect_name in ("mysql", "mariadb"):
        await db.execute(select(func.get_lock("buoys", 10)))
    if await db.scalar(select(Buoy).where(Buoy.name == name)):  # want MB103 "buoys.name"
        raise HTTPException(409)
    db.add(Buoy(name=name))
    await db.commit()
