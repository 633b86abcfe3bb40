"""What each of several rows holds is read, worked on and stored by the key of the row: in one statement with a list, or in one for each."""
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/grid"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Meter(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int]
    credit: Mapped[int] = mapped_column(default=0)


class Gauge(Base):
    __tablename__ = "gauges"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int]
    credit: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(default="")


@app.post("/households/{household_id}/feed-in")
async def feed_in(household_id: int, readings: dict[int, int]):
    async with Session() as session:
        rows = (await session.execute(select(Meter.id, Meter.credit).where(Meter.household_id == household_id))).all()  # step MB101 read
        changes = [{"id": row.id, "credit": row.credit + readings[row.id]} for row in rows]
        await session.execute(update(Meter), changes)  # want MB101 "meters"
        await session.commit()


@app.post("/households/{household_id}/locked")
async def locked_ok(household_id: int, readings: dict[int, int]):
    async with Session() as session:
        found = select(Gauge.id, Gauge.credit).where(Gauge.household_id == household_id).order_by(Gauge.id).with_for_update()
        rows = (await session.execute(found)).all()
        await session.execute(update(Gauge), [{"id": row.id, "credit": row.credit + readings[row.id]} for row in rows])
        await session.commit()


@app.post("/households/{household_id}/counted")
async def counted_ok(household_id: int, readings: dict[int, int]):
    async with Session() as session:
        rows = (await session.execute(select(Gauge.id).where(Gauge.household_id == household_id))).all()
        for row in rows:
            await session.execute(update(Gauge).where(Gauge.id == row.id).values(credit=Gauge.credit + readings[row.id]))
        await session.commit()


@app.post("/households/{household_id}/labels")
async def labels_ok(household_id: int, labels: dict[int, str]):
    async with Session() as session:
        rows = (await session.execute(select(Gauge.id, Gauge.label).where(Gauge.household_id == household_id))).all()
        await session.execute(update(Gauge), [{"id": row.id, "label": labels[row.id]} for row in rows])
        await session.commit()
