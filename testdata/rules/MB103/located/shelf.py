"""The table of seeds, and what is told of one."""
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Seed(Base):
    __tablename__ = "seeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    plant: Mapped[str]
    parent: Mapped[int | None]


@dataclass
class Told:
    id: int
    plant: str


class Shelf:
    def __init__(self, url: str):
        self.sessions = async_sessionmaker(create_async_engine(url))

    async def of(self, plant: str) -> Told | None:
        async with self.sessions() as db:
            row = (await db.scalars(select(Seed).where(Seed.plant == plant))).first()
            return Told(id=row.id, plant=row.plant) if row else None

    async def add(self, plant: str, parent: int | None = None) -> None:
        async with self.sessions() as db:
            db.add(Seed(plant=plant, parent=parent))  # want MB103 "plant"
            await db.commit()

    async def graft(self, plant: str, parent: int | None = None) -> None:
        async with self.sessions() as db:
            db.add(Seed(plant=plant, parent=parent))
            await db.commit()
