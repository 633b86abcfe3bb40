"""Rows that are made where there is none and changed where there is one, in more than a few statements: the function is called again."""
from typing import Any

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/probes"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Probe(Base):
    __tablename__ = "probes"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str]
    place: Mapped[str]
    state: Mapped[str]


class Reading(Base):
    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[str]
    value: Mapped[float]
    unit: Mapped[str]
    source: Mapped[str]


class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    seen: Mapped[bool]


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


async def upsert_probe(db: AsyncSession, data: dict[str, Any], *, place: str) -> Probe:
    result = await db.execute(select(Probe).where(Probe.serial == data["serial"]))
    existing = result.scalar_one_or_none()
    if existing:
        for name, value in data.items():
            if hasattr(existing, name):
                setattr(existing, name, value)
        await db.commit()
        await db.refresh(existing)
        return existing
    probe = Probe(serial=data["serial"], state=data["state"], place=place)
    db.add(probe)
    await db.commit()
    await db.refresh(probe)
    return probe


class Readings:
    @staticmethod
    async def put(db: AsyncSession, hour: str, value: float, unit: str) -> Reading:
        reading = (await db.execute(select(Reading).where(Reading.hour == hour))).scalar_one_or_none()
        if reading:
            reading.value = value
            reading.unit = unit
            reading.source = "again"
            await db.commit()
            await db.refresh(reading)
            return reading
        reading = Reading(hour=hour, value=value, unit=unit, source="first")
        db.add(reading)
        await db.commit()
        await db.refresh(reading)
        return reading


# It writes down that it was called, and would do so twice.
async def noted(db: AsyncSession, code: str, name: str) -> Visit:
    db.add(Entry(text=f"visit {code}"))
    await db.commit()
    result = await db.execute(select(Visit).where(Visit.code == code))
    visit = result.scalar_one_or_none()
    if visit:
        if visit.name != name:
            visit.name = name
        visit.seen = True
        await db.commit()
        return visit
    visit = Visit(code=code, name=name, seen=False)
    db.add(visit)
    await db.commit()
    return visit


@app.put("/probes")
async def put_probe(data: dict[str, Any], db: AsyncSession = Depends(get_db)):
    return await upsert_probe(db, data, place="here")


@app.put("/readings/{hour}")
async def put_reading(hour: str, value: float, unit: str, db: AsyncSession = Depends(get_db)):
    return await Readings.put(db, hour, value, unit)


@app.put("/visits/{code}")
async def put_visit(code: str, name: str, db: AsyncSession = Depends(get_db)):
    return await noted(db, code, name)
