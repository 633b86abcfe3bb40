"""Guesses of a one-time code, counted in the row."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/bank"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Challenge(Base):
    __tablename__ = "challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    failed_attempts: Mapped[int] = mapped_column(default=0)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/challenges/{challenge_id}/verify")
async def verify(challenge_id: int, code: str, db: DB):
    challenge = await db.get(Challenge, challenge_id)  # step MB305 read
    if challenge is None or challenge.failed_attempts >= 3:  # step MB305 check
        raise HTTPException(429)
    if challenge.code != code:
        challenge.failed_attempts += 1  # want MB305 "failed_attempts"
        await db.commit()
        raise HTTPException(401)
    return {"ok": True}


@app.post("/v2/challenges/{challenge_id}/verify")
async def verify_counted(challenge_id: int, code: str, db: DB):
    right = await db.scalar(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.failed_attempts < 3)
        .values(failed_attempts=Challenge.failed_attempts + 1)
        .returning(Challenge.code)
    )
    await db.commit()
    if right is None:
        raise HTTPException(429)
    if right != code:
        raise HTTPException(401)
    return {"ok": True}
