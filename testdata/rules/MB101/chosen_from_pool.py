"""A base service keeps what it is given in a pool and takes the one out that a method asks for."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/quarry"))


class Base(DeclarativeBase):
    pass


class Pit(Base):
    __tablename__ = "pits"

    id: Mapped[int] = mapped_column(primary_key=True)
    blocks: Mapped[int]


class Pits:
    async def blocks(self, session: AsyncSession, pit_id: int) -> int:
        return await session.scalar(select(Pit.blocks).where(Pit.id == pit_id))

    async def blocks_locked(self, session: AsyncSession, pit_id: int) -> int:
        return await session.scalar(select(Pit.blocks).where(Pit.id == pit_id).with_for_update())

    async def keep(self, session: AsyncSession, pit_id: int, blocks: int) -> None:
        await session.execute(update(Pit).where(Pit.id == pit_id).values(blocks=blocks))
        await session.commit()


class Pool:
    def __init__(self, parts: dict):
        self.parts = parts

    def __call__(self, wanted):
        for part in self.parts.values():
            if part == wanted:
                return part
        raise LookupError(wanted)


class Service:
    def __init__(self, **stores):
        for name, store in stores.items():
            setattr(self, name, store)
        self.pool = Pool(vars(self))

    async def keep(self, store, session: AsyncSession, pit_id: int, blocks: int) -> None:
        await self.pool(store).keep(session, pit_id, blocks)

    async def first(self, store, session: AsyncSession, pit_id: int) -> int:
        for part in self.__dict__.values():
            if part is not store:
                continue
            return await part.blocks(session, pit_id)


class Quarry(Service):
    def __init__(self, pits: Annotated[Pits, Depends(Pits)]):
        super().__init__(pits=pits)
        self.stored = pits

    async def dig(self, session: AsyncSession, pit_id: int, blocks: int) -> None:
        left = await self.first(self.stored, session, pit_id)
        await self.keep(self.stored, session, pit_id, left - blocks)  # want MB101 "blocks"

    async def dig_locked(self, session: AsyncSession, pit_id: int, blocks: int) -> None:
        left = await self.stored.blocks_locked(session, pit_id)
        await self.keep(self.stored, session, pit_id, left - blocks)


async def get_db():
    async with Maker() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
app = FastAPI()


@app.post("/pits/{pit_id}/blocks")
async def dig(pit_id: int, blocks: int, db: DB, quarry: Quarry = Depends()):
    await quarry.dig(db, pit_id, blocks)


@app.post("/pits/{pit_id}/blocks/locked")
async def dig_locked(pit_id: int, blocks: int, db: DB, quarry: Quarry = Depends()):
    await quarry.dig_locked(db, pit_id, blocks)
