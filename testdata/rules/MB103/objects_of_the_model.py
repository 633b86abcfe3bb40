"""sqlalchemy-crud-plus: an object for each model, whose methods are given the session."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_crud_plus import CRUDPlus

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/mill"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Miller(Base):
    __tablename__ = "millers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Sieve(Base):
    __tablename__ = "sieves"
    __table_args__ = (UniqueConstraint("mesh"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mesh: Mapped[int]


class Sack(Base):
    __tablename__ = "sacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    weight: Mapped[int]


class MillerIn(BaseModel):
    name: str


class SieveIn(BaseModel):
    mesh: int


class Millers(CRUDPlus[Miller]):
    async def called(self, db: AsyncSession, name: str) -> Miller | None:
        return await self.select_model_by_column(db, name=name)

    async def hire(self, db: AsyncSession, miller: MillerIn) -> None:
        await self.create_model(db, miller)  # want MB103 "name"


class Sacks(CRUDPlus[Sack]):
    async def get(self, db: AsyncSession, sack_id: int) -> Sack | None:
        return await self.select_model(db, sack_id)

    async def weigh(self, db: AsyncSession, sack_id: int, weight: int) -> int:
        return await self.update_model(db, sack_id, {"weight": weight})

    async def seal(self, db: AsyncSession, sack_id: int) -> int:
        return await self.update_model_by_column(db, {"state": "sealed"}, id=sack_id, state="open")

    async def ship(self, db: AsyncSession, sack_id: int) -> int:
        return await self.update_model(db, sack_id, {"state": "shipped"}, commit=True)


millers = Millers(Miller)
sieves = CRUDPlus(Sieve)
sacks: Sacks = Sacks(Sack)


async def begun():
    async with Maker.begin() as session:
        yield session


async def opened():
    async with Maker() as session:
        yield session


Begun = Annotated[AsyncSession, Depends(begun)]
Opened = Annotated[AsyncSession, Depends(opened)]
app = FastAPI()


@app.post("/millers")
async def hire(body: MillerIn, db: Begun):
    if await millers.called(db, body.name):
        raise HTTPException(409)
    await millers.hire(db, body)


@app.post("/sieves")
async def fit(body: SieveIn, db: Begun):
    await sieves.create_model(db, body)


@app.post("/sacks/{sack_id}/weight")
async def fill(sack_id: int, grams: int, db: Begun):
    sack = await sacks.get(db, sack_id)  # want MB101 "weight"
    await sacks.weigh(db, sack_id, sack.weight + grams)


@app.post("/sacks/{sack_id}/seal")
async def seal(sack_id: int, db: Begun):
    if not await sacks.seal(db, sack_id):
        raise HTTPException(409)


@app.post("/sacks/{sack_id}/ship")
async def ship(sack_id: int, db: Opened):
    sack = await sacks.get(db, sack_id)
    if sack.state != "sealed":  # want MB107 "state"
        raise HTTPException(409)
    await sacks.ship(db, sack_id)


@app.delete("/sacks/{sack_id}")
async def burn(sack_id: int, db: Begun):
    if not await sacks.delete_model(db, sack_id):
        raise HTTPException(404)
