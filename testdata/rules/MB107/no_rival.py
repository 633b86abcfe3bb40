"""Checks on what nobody changes: an owner for life, a column that only the insert sets."""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/notes"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    kind: Mapped[str] = mapped_column(default="plain")
    title: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
UserId = Annotated[int, Header()]


@app.post("/notes")
async def create(title: str, kind: str, x_user: UserId, db: DB):
    db.add(Note(owner_id=x_user, title=title, kind=kind))
    await db.commit()


@app.put("/notes/{note_id}/title")
async def rename(note_id: int, title: str, x_user: UserId, db: DB):
    note = await db.get(Note, note_id)
    if note is None or note.owner_id != x_user:
        raise HTTPException(404)
    if note.kind == "system":
        raise HTTPException(403)
    note.title = title
    await db.commit()
