"""Routes that know services, services that know repositories: only the last have the session."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/clubs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int]
    person_id: Mapped[int]
    paused: Mapped[bool]


class Badge(Base):
    __tablename__ = "badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


async def get_committed_db():
    async with Session() as session:
        yield session
        await session.commit()


class Members:
    def __init__(self, db: AsyncSession):
        self.db = db

    async def exists(self, club_id: int, person_id: int) -> bool:
        found = await self.db.scalar(
            select(func.count(Member.id)).where(Member.club_id == club_id, Member.person_id == person_id)
        )
        return bool(found and found > 0)

    async def add(self, club_id: int, person_id: int) -> Member:
        member = Member(club_id=club_id, person_id=person_id, paused=False)
        self.db.add(member)
        await self.db.commit()
        return member

    async def get(self, member_id: int) -> Member | None:
        return await self.db.get(Member, member_id)

    async def save(self, member: Member) -> Member:
        await self.db.commit()
        await self.db.refresh(member)
        return member


class Badges:
    def __init__(self, db: AsyncSession):
        self.db = db

    async def exists(self, person_id: int) -> bool:
        return await self.db.scalar(select(Badge).where(Badge.person_id == person_id)) is not None

    async def add(self, person_id: int) -> None:
        self.db.add(Badge(person_id=person_id))
        await self.db.flush()


def get_members(db: Annotated[AsyncSession, Depends(get_db)]) -> Members:
    return Members(db)


def get_badges(db: Annotated[AsyncSession, Depends(get_committed_db)]) -> Badges:
    return Badges(db)


@app.post("/clubs/{club_id}/members/{person_id}")
async def join(club_id: int, person_id: int, members: Annotated[Members, Depends(get_members)]):
    if await members.exists(club_id, person_id):
        return JSONResponse(status_code=409, content={"detail": "is one already"})
    member = await members.add(club_id, person_id)
    return {"id": member.id}


@app.post("/people/{person_id}/badges")
async def decorate(person_id: int, badges: Annotated[Badges, Depends(get_badges)]):
    if await badges.exists(person_id):
        return JSONResponse(status_code=409, content={"detail": "has one already"})
    await badges.add(person_id)  # who commits afterwards would meet the violation again
    return {"ok": True}


@app.post("/people/{person_id}/medals")
async def honour(person_id: int, badges: Annotated[Badges, Depends(get_badges)]):
    if await badges.exists(person_id):
        raise HTTPException(409, "has one already")
    await badges.add(person_id)
    return {"ok": True}


async def pause(members: Members, member: Member) -> Member:
    member.paused = not member.paused
    return await members.save(member)


@app.post("/members/{member_id}/pause")
async def pause_member(member_id: int, members: Annotated[Members, Depends(get_members)]):
    member = await members.get(member_id)
    if member is None:
        raise HTTPException(404)
    member = await pause(members, member)
    return {"paused": member.paused}
