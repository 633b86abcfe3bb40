"""The row that goes is picked from those that were counted, by the key that the request names: two requests name two."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/boats"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Skipper(Base):
    __tablename__ = "skippers"

    boat_id: Mapped[int] = mapped_column(primary_key=True)
    sailor_id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def masters(db: AsyncSession, boat_id: int, locked: bool = False):
    stmt = select(Skipper).where(Skipper.boat_id == boat_id, Skipper.rank == "master")
    if locked:
        stmt = stmt.order_by(Skipper.sailor_id).with_for_update()
    return (await db.scalars(stmt)).all()


@app.post("/boats/{boat_id}/skippers/{sailor_id}/demote")
async def demote(boat_id: int, sailor_id: int, db: DB):
    rows = await masters(db, boat_id)
    mine = next((m for m in rows if m.sailor_id == sailor_id), None)
    if mine is None:  # want MB118 "skippers"
        raise HTTPException(404)
    if len(rows) < 2:  # step MB116 check
        raise HTTPException(409)
    mine.rank = "mate"  # want MB116 "skippers"
    await db.commit()


@app.delete("/boats/{boat_id}/skippers/{sailor_id}")
async def leave(boat_id: int, sailor_id: int, db: DB):
    rows = await masters(db, boat_id)
    if not any(m.sailor_id != sailor_id for m in rows):  # step MB116 check
        raise HTTPException(409)
    mine = next(m for m in rows if m.sailor_id == sailor_id)
    await db.delete(mine)  # want MB116 "skippers"
    await db.commit()


@app.delete("/boats/{boat_id}/skippers/{sailor_id}/alone")
async def leave_unless_alone(boat_id: int, sailor_id: int, db: DB):
    rows = await masters(db, boat_id)
    if all(m.sailor_id == sailor_id for m in rows):
        raise HTTPException(409)
    mine = await db.get(Skipper, (boat_id, sailor_id))
    await db.delete(mine)  # want MB116 "skippers"
    await db.commit()


# Whoever comes second waits for the rows, and finds one less.
@app.delete("/boats/{boat_id}/skippers/{sailor_id}/locked")
async def leave_locked(boat_id: int, sailor_id: int, db: DB):
    rows = await masters(db, boat_id, locked=True)
    if not any(m.sailor_id != sailor_id for m in rows):
        raise HTTPException(409)
    mine = next(m for m in rows if m.sailor_id == sailor_id)
    await db.delete(mine)
    await db.commit()


# Whether somebody is among them is no question of how many there are.
@app.delete("/boats/{boat_id}/skippers/{sailor_id}/own")
async def resign(boat_id: int, sailor_id: int, db: DB):
    rows = await masters(db, boat_id)
    if not any(m.sailor_id == sailor_id for m in rows):
        raise HTTPException(404)
    mine = next(m for m in rows if m.sailor_id == sailor_id)
    await db.delete(mine)
    await db.commit()
