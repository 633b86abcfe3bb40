"""Several workers that the lifespan starts in one process are rivals of each other."""
import asyncio
import os
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/loom"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Weave(Base):
    __tablename__ = "weaves"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class Dye(Base):
    __tablename__ = "dyes"
    id: Mapped[int] = mapped_column(primary_key=True)
    vat: Mapped[str]
    state: Mapped[str]


async def weave() -> None:
    while True:
        async with Session() as db:
            job = await db.scalar(select(Weave).where(Weave.state == "open").limit(1))
            if job:  # want MB114 "weaves"
                job.state = "weaving"
                await db.commit()


async def dye_ok(vat: str) -> None:
    while True:
        async with Session() as db:
            job = await db.scalar(select(Dye).where(Dye.vat == vat, Dye.state == "open").limit(1))
            if job:
                job.state = "dyeing"
                await db.commit()


async def sweep_ok() -> None:
    while True:
        async with Session() as db:
            job = await db.scalar(select(Dye).where(Dye.state == "done").limit(1))
            if job:
                job.state = "swept"
                await db.commit()


@asynccontextmanager
async def lifespan(app: FastAPI):
    looms = [asyncio.create_task(weave()) for _ in range(4)]
    vats = [asyncio.create_task(dye_ok(vat)) for vat in os.environ["VATS"].split(",")]
    broom = asyncio.create_task(sweep_ok())
    yield
    for task in [*looms, *vats, broom]:
        task.cancel()


app = FastAPI(lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app, workers=1)
