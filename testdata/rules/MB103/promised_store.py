"""The handlers are written inside a method and use what the constructor was given, which is known by an abstract class alone."""
from abc import ABC, abstractmethod

from fastapi import APIRouter, FastAPI
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/depot"))


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class Pallet(Base):
    __tablename__ = "pallets"
    __table_args__ = (UniqueConstraint("label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class Shelf(ABC):
    @abstractmethod
    async def crate(self, label: str) -> Crate | None: ...

    @abstractmethod
    async def put_crate(self, label: str) -> None: ...

    @abstractmethod
    async def put_pallet(self, label: str) -> bool:
        raise NotImplementedError


class SqlShelf(Shelf):
    async def crate(self, label: str) -> Crate | None:
        async with Session() as db:
            return (await db.execute(select(Crate).where(Crate.label == label))).scalar_one_or_none()

    async def put_crate(self, label: str) -> None:
        async with Session() as db:
            db.add(Crate(label=label))  # want MB103 "crates"
            await db.commit()

    async def put_pallet(self, label: str) -> bool:
        async with Session() as db:
            made = await db.execute(insert(Pallet).values(label=label).on_conflict_do_nothing())
            await db.commit()
            return made.rowcount > 0


class Dock:
    def __init__(self, shelf: Shelf):
        self.shelf = shelf
        self.router = APIRouter()
        self.mount()

    def mount(self):
        @self.router.post("/crates")
        async def unload(label: str):
            if await self.shelf.crate(label):  # step MB103 check
                return
            await self.shelf.put_crate(label)

        @self.router.post("/pallets")
        async def unload_pallet(label: str):
            return {"made": await self.shelf.put_pallet(label)}


app = FastAPI()
app.include_router(Dock(SqlShelf()).router)
