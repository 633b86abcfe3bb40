"""Repositories of fastapi-repository: look-ups by keyword within a default scope, each change committed by itself."""
from typing import Annotated

from datetime import datetime, timezone

from fastapi import Depends, FastAPI, HTTPException
from fastapi_repository import BaseRepository
from sqlalchemy import DateTime, ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferries"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    coins: Mapped[int] = mapped_column(default=0)


class Pilot(Base):
    __tablename__ = "pilots"

    id: Mapped[int] = mapped_column(primary_key=True)
    ferry: Mapped[int] = mapped_column(index=True)
    name: Mapped[str]
    left_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PurseRepository(BaseRepository):
    def __init__(self, session: AsyncSession):
        super().__init__(session, Purse)


class PilotRepository(BaseRepository):
    default_scope = {"left_at__exact": None}

    def __init__(self, session: AsyncSession):
        super().__init__(session, Pilot)


async def get_session():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_session)]


def purses(session: DB) -> PurseRepository:
    return PurseRepository(session)


def pilots(session: DB) -> PilotRepository:
    return PilotRepository(session)


Purses = Annotated[PurseRepository, Depends(purses)]
Pilots = Annotated[PilotRepository, Depends(pilots)]


@app.post("/purses/{purse_id}/coins")
async def put_in(purse_id: int, coins: int, repo: Purses):
    purse = await repo.find(purse_id)  # step MB101 check
    await repo.update(id=purse.id, coins=purse.coins + coins)  # want MB101 "coins"


# One statement reckons with what is there.
@app.post("/purses/{purse_id}/coins/counted")
async def put_in_counted(purse_id: int, coins: int, session: DB):
    await session.execute(update(Purse).where(Purse.id == purse_id).values(coins=Purse.coins + coins))
    await session.commit()


@app.post("/ferries/{ferry}/pilots/{name}")
async def hire(ferry: int, name: str, repo: Pilots):
    if await repo.exists(ferry=ferry, name=name):  # step MB103 check
        raise HTTPException(409)
    await repo.create(ferry=ferry, name=name)  # want MB103 "pilots"


# A pilot who has left is not in the scope of the count: two who leave at once leave the ferry without one.
@app.post("/ferries/{ferry}/pilots/{pilot_id}/leave")
async def leave(ferry: int, pilot_id: int, repo: Pilots):
    if await repo.count(ferry=ferry) <= 1:  # step MB116 check
        raise HTTPException(409)
    await repo.update(pilot_id, left_at=datetime.now(timezone.utc))  # want MB116 "pilots"
