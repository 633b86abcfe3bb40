"""Services whose constructors a decorator writes, behind the interfaces that the container is asked for."""
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from dishka.integrations.fastapi import DishkaRoute, FromDishka
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Silo(Base):
    __tablename__ = "silos"

    id: Mapped[int] = mapped_column(primary_key=True)
    tonnes: Mapped[int]


class Silos(ABC):
    @abstractmethod
    async def fetch(self, silo_id: int) -> Silo: ...

    @abstractmethod
    async def fetch_locked(self, silo_id: int) -> Silo: ...


class Work(ABC):
    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(self, kind, error, where) -> None: ...


@dataclass
class StoredSilos(Silos):
    _session: AsyncSession

    async def fetch(self, silo_id: int) -> Silo:
        return await self._session.get_one(Silo, silo_id)

    async def fetch_locked(self, silo_id: int) -> Silo:
        return await self._session.get_one(Silo, silo_id, with_for_update=True)


@dataclass
class SessionWork(Work):
    _session: AsyncSession

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind, error, where) -> None:
        if kind:
            await self._session.rollback()
            return
        await self._session.commit()


@dataclass
class Filling:
    silos: Silos
    work: Work

    async def fill(self, silo_id: int, tonnes: int) -> None:
        async with self.work:
            silo = await self.silos.fetch(silo_id)
            silo.tonnes += tonnes  # want MB101 "tonnes"

    async def fill_locked(self, silo_id: int, tonnes: int) -> None:
        async with self.work:
            silo = await self.silos.fetch_locked(silo_id)
            silo.tonnes += tonnes


router = APIRouter(route_class=DishkaRoute)


@router.post("/silos/{silo_id}/tonnes")
async def fill(silo_id: int, tonnes: int, filling: FromDishka[Filling]):
    await filling.fill(silo_id, tonnes)


@router.post("/silos/{silo_id}/tonnes/locked")
async def fill_locked(silo_id: int, tonnes: int, filling: FromDishka[Filling]):
    await filling.fill_locked(silo_id, tonnes)


app = FastAPI()
app.include_router(router)
