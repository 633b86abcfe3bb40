"""A row under a number that the request has made up is nobody else's yet: to change it loses nothing. Under a number that comes from the
caller the same change loses what another request stored."""
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

make_session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kilns"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Firing(Base):
    __tablename__ = "firings"

    number: Mapped[str] = mapped_column(primary_key=True)
    notes: Mapped[dict] = mapped_column(JSON)


async def create_firing(kiln: str) -> dict:
    number = str(uuid4())
    async with make_session() as session:
        session.add(Firing(number=number, notes={}))
        await session.commit()
    return {"number": number, "kiln": kiln}


async def add_notes(number: str, more: dict) -> None:
    async with make_session() as session:
        firing = await session.get(Firing, number)
        if firing is None:
            return
        notes = dict(firing.notes or {})
        for key, value in more.items():
            notes[key] = value
        firing.notes = notes  # want MB101 "firings.notes"
        await session.commit()


@app.post("/firings")
async def fire(kiln: str):
    firing = await create_firing(kiln)
    await add_notes(firing["number"], {"kiln": kiln})
    return firing


@app.put("/firings/{number}/notes")
async def note(number: str, key: str, text: str):
    await add_notes(number, {key: text})
