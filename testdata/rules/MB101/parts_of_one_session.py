"""A container makes the parts of a request, each of which calls the session that all are given by another name."""
from dataclasses import dataclass

from dishka.integrations.fastapi import DishkaRoute, FromDishka
from fastapi import APIRouter, FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Vat(Base):
    __tablename__ = "vats"

    id: Mapped[int] = mapped_column(primary_key=True)
    litres: Mapped[int]
    spare: Mapped[int]


class Locks:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def hold(self, vat_id: int) -> None:
        await self.session.get_one(Vat, vat_id, with_for_update=True)


@dataclass
class Stored:
    _db: AsyncSession


class Vats(Stored):
    async def litres(self, vat_id: int) -> int:
        return (await self._db.get_one(Vat, vat_id)).litres  # want MB101 "litres"

    async def spare(self, vat_id: int) -> int:
        return (await self._db.get_one(Vat, vat_id)).spare  # want MB110 "spare"

    async def keep_spare(self, vat_id: int, spare: int) -> None:
        await self._db.execute(update(Vat).where(Vat.id == vat_id).values(spare=spare))

    async def keep(self, vat_id: int, litres: int) -> None:
        await self._db.execute(update(Vat).where(Vat.id == vat_id).values(litres=litres))


class Ending:
    def __init__(self, connection: AsyncSession) -> None:
        self.connection = connection

    async def commit(self) -> None:
        await self.connection.commit()


@dataclass
class Brewing:
    locks: Locks
    vats: Vats
    ending: Ending

    async def fill(self, vat_id: int, litres: int) -> None:
        held = await self.vats.litres(vat_id)
        await self.vats.keep(vat_id, held + litres)
        await self.ending.commit()

    async def fill_locked(self, vat_id: int, litres: int) -> None:
        await self.locks.hold(vat_id)
        held = await self.vats.litres(vat_id)
        await self.vats.keep(vat_id, held + litres)
        await self.ending.commit()

    async def fill_late(self, vat_id: int, litres: int) -> None:
        await self.locks.hold(vat_id)
        held = await self.vats.spare(vat_id)
        await self.ending.commit()
        await self.vats.keep_spare(vat_id, held + litres)
        await self.ending.commit()


router = APIRouter(route_class=DishkaRoute)


@router.post("/vats/{vat_id}/litres")
async def fill(vat_id: int, litres: int, brewing: FromDishka[Brewing]):
    await brewing.fill(vat_id, litres)


@router.post("/vats/{vat_id}/litres/locked")
async def fill_locked(vat_id: int, litres: int, brewing: FromDishka[Brewing]):
    await brewing.fill_locked(vat_id, litres)


@router.post("/vats/{vat_id}/litres/late")
async def fill_late(vat_id: int, litres: int, brewing: FromDishka[Brewing]):
    await brewing.fill_late(vat_id, litres)


app = FastAPI()
app.include_router(router)
