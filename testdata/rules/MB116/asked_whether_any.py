"""Rows that are counted, and rows of which only is asked whether there are any."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/pond"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Boat(Base):
    __tablename__ = "boats"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    crew: Mapped[int]
    paid: Mapped[int]
    due: Mapped[int]


# Whatever is not gone yet is to go; one that goes by another request meanwhile goes.
@app.post("/boats/scrap")
async def scrap(db: DB):
    ids = (await db.scalars(select(Boat.id).where(Boat.state != "gone"))).all()
    if not ids:
        return 0
    await db.execute(update(Boat).where(Boat.id.in_(ids)).values(state="gone"))
    await db.commit()
    return len(ids)


# A number that is there at all sets no limit.
@app.post("/boats/{boat_id}/launch")
async def launch(boat_id: int, db: DB):
    total = await db.scalar(select(func.count(Boat.id)).where(Boat.state == "moored"))
    if total is None:
        raise RuntimeError("nobody counts")
    boat = await db.get(Boat, boat_id)
    boat.state = "afloat"
    await db.commit()
    return total


# Nobody may take the last one.
@app.post("/boats/{boat_id}/sink")
async def sink(boat_id: int, db: DB):
    total = await db.scalar(select(func.count(Boat.id)).where(Boat.state == "moored"))
    if total < 2:
        raise HTTPException(409)
    boat = await db.get(Boat, boat_id)
    boat.state = "gone"  # want MB116 "boats"
    await db.commit()
