"""A container gives the service: the parameter says which, inside the marker of the container's library."""
from collections.abc import AsyncIterable

from dishka import Provider, Scope, make_async_container, provide
from dishka.integrations.fastapi import DishkaRoute, FromDishka, setup_dishka
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from wireup import Injected


class Base(DeclarativeBase):
    pass


class Barn(Base):
    __tablename__ = "barns"

    id: Mapped[int] = mapped_column(primary_key=True)
    bales: Mapped[int]


class Barns:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def store(self, barn_id: int, bales: int) -> None:
        barn = await self.session.get_one(Barn, barn_id)
        barn.bales += bales  # want MB101 "bales"
        await self.session.commit()

    async def store_locked(self, barn_id: int, bales: int) -> None:
        barn = await self.session.get_one(Barn, barn_id, with_for_update=True)
        barn.bales += bales
        await self.session.commit()


class Storage(Provider):
    @provide(scope=Scope.APP)
    def factory(self) -> async_sessionmaker[AsyncSession]:
        return async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/farm"))

    @provide(scope=Scope.REQUEST)
    async def session(self, factory: async_sessionmaker[AsyncSession]) -> AsyncIterable[AsyncSession]:
        async with factory() as session:
            yield session

    barns = provide(Barns, scope=Scope.REQUEST)


router = APIRouter(route_class=DishkaRoute)


@router.post("/barns/{barn_id}/bales")
async def store(barn_id: int, bales: int, barns: FromDishka[Barns]):
    await barns.store(barn_id, bales)


@router.post("/barns/{barn_id}/bales/wired")
async def store_wired(barn_id: int, bales: int, barns: Injected[Barns]):
    await barns.store(barn_id, bales)


@router.post("/barns/{barn_id}/bales/locked")
async def store_locked(barn_id: int, bales: int, barns: FromDishka[Barns]):
    await barns.store_locked(barn_id, bales)


app = FastAPI()
app.include_router(router)
setup_dishka(make_async_container(Storage()), app)
