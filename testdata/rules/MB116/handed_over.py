"""What one row loses another gets in the same request: there is always somebody who has it."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/guild"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    guild_id: Mapped[int]
    rank: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/guilds/{guild_id}/masters/{old_id}/pass-to/{new_id}")
async def pass_on(guild_id: int, old_id: int, new_id: int, db: DB):
    masters = (await db.scalars(select(Member).where(Member.guild_id == guild_id, Member.rank == "master"))).all()
    if len(masters) < 1:
        raise HTTPException(409)
    await db.execute(update(Member).where(Member.id == old_id).values(rank="fellow"))
    await db.execute(update(Member).where(Member.id == new_id).values(rank="master"))
    await db.commit()


@app.post("/guilds/{guild_id}/masters/{old_id}/retire")
async def retire(guild_id: int, old_id: int, db: DB):
    masters = (await db.scalars(select(Member).where(Member.guild_id == guild_id, Member.rank == "master"))).all()
    if len(masters) < 2:  # want MB116 "none remains"
        raise HTTPException(409)
    await db.execute(update(Member).where(Member.id == old_id).values(rank="fellow"))
    await db.commit()
