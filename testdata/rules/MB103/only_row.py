"""Tables of which the store lets only one row exist, one for each of something, or one for each spelling."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/mill"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Setting(Base):
    __tablename__ = "settings"

    id: Mapped[str] = mapped_column(primary_key=True, server_default=text("'ONLY'"))
    owner: Mapped[str]


class Wheel(Base):
    __tablename__ = "wheels"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]


@app.post("/settings")
async def set_up(owner: str, db: DB):
    if await db.scalar(select(Setting).limit(1)):
        raise HTTPException(409)
    db.add(Setting(owner=owner))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409)


@app.post("/wheels")
async def build(owner: str, db: DB):
    if await db.scalar(select(Wheel).limit(1)):  # want MB103 "wheels"
        raise HTTPException(409)
    db.add(Wheel(owner=owner))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409)
