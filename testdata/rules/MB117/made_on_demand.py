"""A copy of a row is given what it lacks and stored as a whole: two requests both make it. What was there is only given back."""
import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/stables"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Box(Base):
    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[str | None]
    straw: Mapped[str]


class BoxData(BaseModel):
    id: int
    meter_id: str | None
    straw: str


async def read(box_id: int):
    async with Session() as db:
        box = (await db.execute(select(Box).where(Box.id == box_id))).scalars().first()
        if box is None:
            return None
        return BoxData(id=box.id, meter_id=box.meter_id, straw=box.straw)


async def store(data: BoxData):
    async with Session() as db:
        box = (await db.execute(select(Box).where(Box.id == data.id))).scalars().first()
        box.meter_id = data.meter_id
        box.straw = data.straw
        await db.commit()


@app.post("/boxes/{box_id}/meter")
async def install(box_id: int):
    data = await read(box_id)
    if data is None:
        raise HTTPException(404)
    if not data.meter_id:  # want MB117 "meter_id"
        async with httpx.AsyncClient() as client:
            made = (await client.post("http://meters/new", json={"box": box_id})).json()
        data.meter_id = made["id"]
        await store(data)
    return data
