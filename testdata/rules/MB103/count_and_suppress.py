"""A count that is asked for any rows, and a violation that is suppressed."""
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/fleet"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Ship(Base):
    __tablename__ = "ships"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Harbour(Base):
    __tablename__ = "harbours"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def ensure_unnamed(db: AsyncSession, name: str) -> None:
    query = select(func.count()).select_from(Ship).where(Ship.name == name)
    if (await db.execute(query)).scalar_one():  # step MB103 check
        raise HTTPException(409)


@app.post("/ships")
async def launch(name: str, db: DB):
    await ensure_unnamed(db, name)
    db.add(Ship(name=name))  # want MB103 "name"
    await db.commit()


@app.put("/harbours/{code}")
async def open_harbour(code: str, db: DB):
    if await db.scalar(select(Harbour).where(Harbour.code == code)):
        return
    with suppress(IntegrityError):
        db.add(Harbour(code=code))
        await db.commit()
