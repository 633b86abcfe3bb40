"""Dependencies in other spellings: functools.partial, wraps, a class-based view, a route class, a router made by a function."""
from functools import partial, wraps
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.routing import APIRoute
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/arcade"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    coins: Mapped[int]


async def session_of(factory):
    async with factory() as session:
        yield session


get_db = partial(session_of, Session)
DB = Annotated[AsyncSession, Depends(get_db)]


class TimedRoute(APIRoute):
    def get_route_handler(self):
        handler = super().get_route_handler()

        async def timed(request):
            return await handler(request)

        return timed


def logged(function):
    @wraps(function)
    async def run(*args, **kwargs):
        return await function(*args, **kwargs)

    return run


def games_router(prefix: str) -> APIRouter:
    router = APIRouter(prefix=prefix, route_class=TimedRoute)

    @router.post("/play")
    @logged
    async def play(purse_id: int, db: DB):
        purse = await db.get(Purse, purse_id)
        if not (purse and purse.coins >= 1):  # step MB102 check
            raise HTTPException(402)
        await db.execute(update(Purse).where(Purse.id == purse_id).values(coins=Purse.coins - 1))  # want MB102 "coins"
        await db.commit()

    @router.post("/play-safely")
    async def play_safely(purse_id: int, db: DB):
        paid = await db.execute(
            update(Purse).where(Purse.id == purse_id, Purse.coins >= 1).values(coins=Purse.coins - 1)
        )
        if not paid.rowcount:
            raise HTTPException(402)
        await db.commit()

    return router


class Prizes:
    def __init__(self) -> None:
        self.router = APIRouter(prefix="/prizes")
        self.router.add_api_route("/buy", self.buy, methods=["POST"])

    async def buy(self, purse_id: int, price: int, db: DB):
        purse = await db.get(Purse, purse_id)
        left = (purse.coins if purse else 0) - price
        if left < 0:
            raise HTTPException(402)
        await db.execute(update(Purse).where(Purse.id == purse_id).values(coins=Purse.coins - price))  # want MB102 "coins"
        await db.commit()


app = FastAPI()
app.include_router(games_router("/games"))
app.include_router(Prizes().router)
