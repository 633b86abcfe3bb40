"""Repositories and services of Advanced Alchemy: the look-ups and the insertions of a class that only names its model."""
from typing import Annotated

from advanced_alchemy.base import UUIDAuditBase
from advanced_alchemy.exceptions import DuplicateKeyError
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from advanced_alchemy.service import SQLAlchemyAsyncRepositoryService
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/moorings"), expire_on_commit=False)
app = FastAPI()


class Mooring(UUIDAuditBase):
    __tablename__ = "moorings"

    boat: Mapped[str] = mapped_column(String(40), index=True)


class Buoy(UUIDAuditBase):
    __tablename__ = "buoys"

    number: Mapped[str] = mapped_column(String(40), unique=True)
    boat: Mapped[str | None]


class MooringRepository(SQLAlchemyAsyncRepository[Mooring]):
    model_type = Mooring


class BuoyRepository(SQLAlchemyAsyncRepository[Buoy]):
    model_type = Buoy

    def __init__(self, session: AsyncSession, **kwargs) -> None:
        super().__init__(session=session, auto_expunge=False, **kwargs)


class MooringService(SQLAlchemyAsyncRepositoryService[Mooring]):
    repository_type = MooringRepository


async def get_session():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_session)]


def moorings(session: DB) -> MooringRepository:
    return MooringRepository(session=session)


def buoys(session: DB) -> BuoyRepository:
    return BuoyRepository(session)


def mooring_service(session: DB) -> MooringService:
    return MooringService(session=session)


@app.post("/boats/{boat}/mooring")
async def moor(boat: str, repo: Annotated[MooringRepository, Depends(moorings)]):
    if await repo.get_one_or_none(boat=boat) is not None:  # step MB103 check
        raise HTTPException(409)
    await repo.add(Mooring(boat=boat), auto_commit=True)  # want MB103 "moorings"


@app.post("/boats/{boat}/mooring/served")
async def moor_served(boat: str, service: Annotated[MooringService, Depends(mooring_service)]):
    if await service.exists(Mooring.boat == boat):  # step MB103 check
        raise HTTPException(409)
    await service.create({"boat": boat}, auto_commit=True)  # want MB103 "moorings"


# The key keeps a second one out, and the refusal is told.
@app.post("/buoys/{number}")
async def lay(number: str, repo: Annotated[BuoyRepository, Depends(buoys)]):
    if await repo.exists(number=number):
        raise HTTPException(409)
    try:
        await repo.add(Buoy(number=number), auto_commit=True)
    except DuplicateKeyError:
        raise HTTPException(409)


@app.post("/buoys/{number}/boat")
async def take(number: str, boat: str, repo: Annotated[BuoyRepository, Depends(buoys)]):
    buoy = await repo.get_one(number=number)
    if buoy.boat is not None:  # step MB107 check
        raise HTTPException(409)
    buoy.boat = boat  # want MB107 "boat"
    await repo.update(buoy, auto_commit=True)


@app.post("/buoys/{number}/boat/locked")
async def take_locked(number: str, boat: str, repo: Annotated[BuoyRepository, Depends(buoys)]):
    buoy = await repo.get_one(statement=select(Buoy).where(Buoy.number == number).with_for_update())
    if buoy.boat is not None:
        raise HTTPException(409)
    buoy.boat = boat
    await repo.update(buoy, auto_commit=True)
