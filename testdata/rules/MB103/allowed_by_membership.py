"""Rows that say who may do what, read to let the caller add another one; and rows that must not be there twice."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/choir"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    singer_id: Mapped[int]
    rank: Mapped[str]


class Guest(Base):
    __tablename__ = "guest_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    singer_id: Mapped[int]


def rank_of(members, singer_id):
    for member in members:
        if member.singer_id == singer_id:
            return member.rank
    return None


# What the caller may do does not end because somebody joins; that a singer joins twice is the race here.
@app.post("/choirs/{choir_id}/members")
async def add_member(choir_id: int, caller_id: int, singer_id: int, db: DB):
    members = (await db.scalars(select(Member).where(Member.choir_id == choir_id))).all()
    if rank_of(members, caller_id) not in ("head", "deputy"):
        raise HTTPException(403)
    db.add(Member(choir_id=choir_id, singer_id=singer_id, rank="singer"))
    await db.commit()


@app.post("/choirs/{choir_id}/guests")
async def add_guest(choir_id: int, singer_id: int, db: DB):
    if await db.scalar(select(Guest).where(Guest.choir_id == choir_id, Guest.singer_id == singer_id)):  # want MB103 "guest_members"
        raise HTTPException(403)
    db.add(Guest(choir_id=choir_id, singer_id=singer_id))
    await db.commit()


class Song(Base):
    __tablename__ = "songs"

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    title: Mapped[str]
    part: Mapped[str]


# A verse is added to a song that must be among the choir's; a song that must not be among them can be added twice.
@app.post("/choirs/{choir_id}/songs/{title}/{part}")
async def add_part(choir_id: int, title: str, part: str, db: DB):
    songs = (await db.scalars(select(Song).where(Song.choir_id == choir_id))).all()
    if title not in [song.title for song in songs]:
        raise HTTPException(404)
    db.add(Song(choir_id=choir_id, title=title, part=part))
    await db.commit()


@app.post("/choirs/{choir_id}/songs/{title}")
async def add_song(choir_id: int, title: str, db: DB):
    songs = (await db.scalars(select(Song).where(Song.choir_id == choir_id))).all()
    if title in [song.title for song in songs]:  # want MB103 "songs"
        raise HTTPException(409)
    db.add(Song(choir_id=choir_id, title=title, part="all"))
    await db.commit()
