"""Who has no place yet gets one while some are left: it is asked for the own place and for how many there are."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry"))
app = FastAPI()


async def session():
    async with Session() as one:
        yield one


class Base(DeclarativeBase):
    pass


class Trip(Base):
    __tablename__ = "trips"

    id: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id"))
    guest_id: Mapped[int]


async def own(db: AsyncSession, trip_id: int, guest_id: int) -> Place | None:
    found = await db.execute(select(Place).where(Place.trip_id == trip_id, Place.guest_id == guest_id))
    return found.scalar_one_or_none()


async def taken(db: AsyncSession, trip_id: int) -> int:
    return (await db.execute(select(func.count(Place.id)).where(Place.trip_id == trip_id))).scalar()


@app.post("/trips/{trip_id}/places")
async def board(trip_id: int, guest_id: int, db: AsyncSession = Depends(session)):
    if await own(db, trip_id, guest_id):  # want MB103 "places"
        raise HTTPException(409)
    count = await taken(db, trip_id)
    trip = await db.get(Trip, trip_id)
    if trip.places - count <= 0:  # want MB105 "places"
        raise HTTPException(409)
    db.add(Place(trip_id=trip_id, guest_id=guest_id))
    await db.commit()


@app.post("/trips/{trip_id}/places/in-turn")
async def board_ok(trip_id: int, guest_id: int, db: AsyncSession = Depends(session)):
    trip = await db.get(Trip, trip_id, with_for_update=True)
    if await own(db, trip_id, guest_id):
        raise HTTPException(409)
    if trip.places - await taken(db, trip_id) <= 0:
        raise HTTPException(409)
    db.add(Place(trip_id=trip_id, guest_id=guest_id))
    await db.commit()
