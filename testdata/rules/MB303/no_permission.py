"""A decision before slow work on a column whose name only sounds like a permission, and one on a permission."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/looms"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


class Loom(Base):
    __tablename__ = "looms"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_interactive: Mapped[bool]


class Cloth(Base):
    __tablename__ = "cloths"

    id: Mapped[int] = mapped_column(primary_key=True)
    loom_id: Mapped[int] = mapped_column(ForeignKey("looms.id"))
    pattern: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def drawn(pattern: str) -> str:
    async with httpx.AsyncClient(timeout=300) as client:
        return (await client.post("https://draw.example/pattern", json={"pattern": pattern})).json()["drawing"]


@app.post("/looms/{loom_id}/weave")
async def weave_ok(loom_id: int, pattern: str, db: DB):
    loom = await db.get(Loom, loom_id)
    if loom is None or not loom.is_interactive:
        raise HTTPException(409)
    db.add(Cloth(loom_id=loom_id, pattern=await drawn(pattern)))
    await db.commit()


@app.patch("/looms/{loom_id}")
async def set_loom_ok(loom_id: int, is_interactive: bool, db: DB):
    loom = await db.get(Loom, loom_id)
    if loom is None:
        raise HTTPException(404)
    loom.is_interactive = is_interactive
    await db.commit()


@app.post("/members/{member_id}/open")
async def open_workshop(member_id: int, loom_id: int, pattern: str, db: DB):
    member = await db.get(Member, member_id)
    if member is None or member.role != "weaver":  # step MB303 check
        raise HTTPException(403)
    drawing = await drawn(pattern)
    db.add(Cloth(loom_id=loom_id, pattern=drawing))  # want MB303 "role"
    await db.commit()


@app.put("/members/{member_id}/role")
async def set_role_ok(member_id: int, role: str, db: DB):
    member = await db.get(Member, member_id)
    if member is None:
        raise HTTPException(404)
    member.role = role
    await db.commit()
