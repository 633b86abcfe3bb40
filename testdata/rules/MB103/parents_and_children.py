"""A parent is looked for and a child inserted; a row is looked for and updated: at worst a 404 comes late."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/trips"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Trip(Base):
    __tablename__ = "trips"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id", ondelete="CASCADE"))
    url: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/trips/{trip_id}/photos")
async def add_photo(trip_id: int, url: str, db: DB):
    if not await db.scalar(select(exists().where(Trip.id == trip_id))):
        raise HTTPException(404)
    db.add(Photo(trip_id=trip_id, url=url))
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
        raise HTTPException(404) from None


@app.put("/trips/{trip_id}")
async def rename(trip_id: int, title: str, db: DB):
    if await db.get(Trip, trip_id) is None:
        raise HTTPException(404)
    await db.execute(update(Trip).where(Trip.id == trip_id).values(title=title))
    await db.commit()


@app.delete("/trips/{trip_id}")
async def remove(trip_id: int, db: DB):
    await db.execute(delete(Trip).where(Trip.id == trip_id))
    await db.commit()
