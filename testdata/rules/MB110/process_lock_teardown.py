"""The in-process lock is free again before the dependency commits."""
import asyncio
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/raffle"))
app = FastAPI()
drawing = asyncio.Lock()


class Base(DeclarativeBase):
    pass


class Raffle(Base):
    __tablename__ = "raffles"

    id: Mapped[int] = mapped_column(primary_key=True)
    winner: Mapped[str | None]


async def committing_session():
    async with Session() as session:
        yield session
        await session.commit()


@app.post("/raffles/{raffle_id}/draw")
async def draw(raffle_id: int, name: str, db: Annotated[AsyncSession, Depends(committing_session)]):
    async with drawing:  # step MB110 lock
        raffle = await db.get(Raffle, raffle_id)
        if raffle is None or raffle.winner is not None:  # step MB110 check
            raise HTTPException(409)
        raffle.winner = name  # want MB110 "winner"


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
