"""Looking somebody up is not a question of what the caller may do: what follows does not trust an old permission."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/choir"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[str] = mapped_column(unique=True)


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def translated(text: str) -> str:
    async with httpx.AsyncClient(timeout=300) as client:
        return (await client.post("https://words.example/translate", json={"text": text})).text


@app.post("/letters")
async def write(mail: str, text: str, db: DB):
    member = await db.scalar(select(Member).where(Member.mail == mail))
    if member is None:
        raise HTTPException(404)
    words = await translated(text)
    db.add(Letter(text=words))
    await db.commit()


@app.post("/letters/own")
async def write_own(mail: str, text: str, db: DB):
    member = await db.scalar(select(Member).where(Member.mail == mail))
    if member is None:  # step MB303 check
        raise HTTPException(403)
    words = await translated(text)
    db.add(Letter(text=words))  # want MB303 "members"
    await db.commit()


@app.delete("/members/{member_id}")
async def leave(member_id: int, db: DB):
    await db.execute(delete(Member).where(Member.id == member_id))
    await db.commit()
