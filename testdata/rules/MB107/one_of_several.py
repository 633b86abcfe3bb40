"""Handlers of which one runs see nothing of what the others do; what a comprehension keeps is decided on; and so is what stands behind `and`."""
from abc import ABC, abstractmethod
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/barges"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Barge(Base):
    __tablename__ = "barges"

    id: Mapped[int] = mapped_column(primary_key=True)
    quay: Mapped[int]
    state: Mapped[str]


class Toll(Base):
    __tablename__ = "tolls"

    id: Mapped[int] = mapped_column(primary_key=True)
    barge_id: Mapped[int]


async def get_db():
    async with Maker() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def moor(db, barge):
    if barge.state != "adrift":
        raise HTTPException(409)
    barge.state = "moored"


async def unload(db, barge):
    if barge.state != "moored":  # want MB107 "both pass the check"
        raise HTTPException(409)
    barge.state = "empty"
    db.add(Toll(barge_id=barge.id))


HANDLERS = {"moor": moor, "unload": unload}


@app.post("/barges/{barge_id}/{order}")
async def handle(barge_id: int, order: str, db: DB):
    barge = await db.get(Barge, barge_id)
    await HANDLERS[order](db, barge)
    await db.commit()


class Crew(ABC):
    @abstractmethod
    async def board(self, db, barge): ...


class Pilots(Crew):
    async def board(self, db, barge):
        if barge.state == "piloted":
            raise HTTPException(409)
        barge.state = "piloted"


class Stewards(Crew):
    async def board(self, db, barge):
        if barge.state == "crewed":  # want MB107 "both pass the check"
            raise HTTPException(409)
        barge.state = "crewed"
        db.add(Toll(barge_id=barge.id))


@app.post("/crews/{barge_id}")
async def board(barge_id: int, pilots: bool, db: DB):
    barge = await db.get(Barge, barge_id)
    crew = Pilots() if pilots else Stewards()
    await crew.board(db, barge)
    await db.commit()


@app.post("/quays/{quay}/clear")
async def clear(quay: int, db: DB):
    barges = (await db.scalars(select(Barge).where(Barge.quay == quay))).all()
    for barge in [b for b in barges if b.state == "loaded"]:  # want MB107 "both pass the check"
        barge.state = "cleared"
        db.add(Toll(barge_id=barge.id))
    await db.commit()


@app.post("/tugs/{barge_id}")
async def tow(barge_id: int, db: DB):
    barge = await db.get(Barge, barge_id)
    barge.state == "ready" and bill(db, barge)  # want MB107 "both pass the check"
    await db.commit()


def bill(db, barge):
    barge.state = "towed"
    db.add(Toll(barge_id=barge.id))
    return True
