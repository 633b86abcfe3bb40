"""A row that there can be once for each one is made, and known to the database, before something is done that cannot be taken back."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/rocket"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Launch(Base):
    __tablename__ = "launches"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    pad: Mapped[str]


class Sortie(Base):
    __tablename__ = "sorties"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    pad: Mapped[str]


class Ignition(Base):
    __tablename__ = "ignitions"

    launch_id: Mapped[int] = mapped_column(primary_key=True)


class Remark(Base):
    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    sortie_id: Mapped[int]


async def get_db():
    async with Maker() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


async def ignite(pad: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://pads.example/ignite", json={"pad": pad})


@app.post("/launches/{launch_id}/go")
async def go(launch_id: int, db: DB):
    launch = await db.get(Launch, launch_id)
    if launch is None or launch.state != "ready":
        raise HTTPException(409)
    db.add(Ignition(launch_id=launch.id))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409)
    await ignite(launch.pad)
    launch.state = "gone"
    await db.commit()


@app.post("/sorties/{sortie_id}/go")
async def go_with_a_remark(sortie_id: int, db: DB):
    sortie = await db.get(Sortie, sortie_id)
    if sortie is None or sortie.state != "ready":  # want MB107 "sorties.state"
        raise HTTPException(409)
    db.add(Remark(sortie_id=sortie.id))  # of which there may be many
    await db.commit()
    await ignite(sortie.pad)
    sortie.state = "gone"
    await db.commit()
