"""A library that calls the function again after what the engine refused."""
import backoff
import httpx
from fastapi import FastAPI, HTTPException
from sqlalchemy import Integer, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from tenacity import retry, retry_if_exception, retry_if_exception_type, stop_after_attempt

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry", isolation_level="SERIALIZABLE"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Car(Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)
    ferry: Mapped[int] = mapped_column(Integer)


async def board(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))  # want MB118 "cars"


def refused(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == "40001"


@retry(retry=retry_if_exception(refused), stop=stop_after_attempt(5), reraise=True)
async def board_again(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))


@retry(retry=retry_if_exception_type((OperationalError, DBAPIError)), stop=stop_after_attempt(5))
async def board_by_type(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))


@backoff.on_exception(backoff.expo, DBAPIError, max_tries=4)
async def board_later(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))


# What is tried again here is another error.
@retry(retry=retry_if_exception_type(httpx.TimeoutException), stop=stop_after_attempt(5))
async def board_slowly(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))  # want MB118 "cars"


@app.post("/ferries/{ferry}/cars")
async def one(ferry: int):
    await board(ferry)


@app.post("/ferries/{ferry}/cars/again")
async def two(ferry: int):
    await board_again(ferry)


@app.post("/ferries/{ferry}/cars/by-type")
async def three(ferry: int):
    await board_by_type(ferry)


@app.post("/ferries/{ferry}/cars/later")
async def four(ferry: int):
    await board_later(ferry)


@app.post("/ferries/{ferry}/cars/slowly")
async def five(ferry: int):
    await board_slowly(ferry)
