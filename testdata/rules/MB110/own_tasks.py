"""A lock that a request makes for its own tasks was to hold back nobody else, and one that is free again before the row is read holds nobody."""
import asyncio
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/notes"))
client = redis.Redis()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    progress: Mapped[dict] = mapped_column(JSON)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/notes/{note_id}/pages")
async def count_pages(note_id: int, page: str, text: str, db: DB):
    lock = asyncio.Lock()
    async with lock:
        note = await db.get(Note, note_id)
        if note is None:
            raise HTTPException(404)
        note.progress = {**note.progress, page: text}  # want MB101 "progress"
        await db.commit()


@app.post("/notes/{note_id}/warm")
async def warm(note_id: int, page: str, text: str, db: DB):
    async with client.lock(f"warm:{note_id}", timeout=60):
        await client.set(f"warmed:{note_id}", "1")
    note = await db.get(Note, note_id)
    if note is None:
        raise HTTPException(404)
    note.progress = {**note.progress, page: text}  # want MB101 "progress"
    await db.commit()


@app.post("/notes/{note_id}/early")
async def let_go_early(note_id: int, page: str, text: str, db: DB):
    async with client.lock(f"note:{note_id}", timeout=60):
        note = await db.get(Note, note_id)
        if note is None:
            raise HTTPException(404)
        progress = {**note.progress, page: text}
    note.progress = progress  # want MB110 "progress"
    await db.commit()
