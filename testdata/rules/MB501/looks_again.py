# The work after the answer loads the row by its key and decides for itself: what the request saw before is not what it goes by.
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/ferry")
Session = async_sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Crossing(Base):
    __tablename__ = "crossings"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    boarded: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


async def load(db: AsyncSession, key: int) -> Crossing | None:
    return (await db.execute(select(Crossing).where(Crossing.id == key))).scalars().first()


async def depart(key: int):
    async with Session() as db:
        crossing = await load(db, key)
        if crossing.state != "boarding":  # want MB107 "both pass the check"
            return
        crossing.boarded = 0
        await db.commit()


async def depart_unasked(key: int):
    async with Session() as db:
        crossing = await load(db, key)
        if crossing is None:  # that it is there says nothing of its state
            return
        crossing.state = "at sea"
        await db.commit()


@app.post("/crossings/{key}/depart")
async def plan(key: int, tasks: BackgroundTasks, db: AsyncSession = Depends(get_db)):
    crossing = await load(db, key)
    if crossing.state != "boarding":
        raise HTTPException(409)
    tasks.add_task(depart, crossing.id)


@app.post("/crossings/{key}/hurry")
async def hurry(key: int, tasks: BackgroundTasks, db: AsyncSession = Depends(get_db)):
    crossing = await load(db, key)
    if crossing.state != "boarding":  # want MB501 "after the answer" want MB117 "two transactions"
        raise HTTPException(409)
    tasks.add_task(depart_unasked, crossing.id)


@app.post("/crossings/{key}/cancel")
async def cancel(key: int, db: AsyncSession = Depends(get_db)):
    crossing = await load(db, key)
    crossing.state = "cancelled"
    await db.commit()
