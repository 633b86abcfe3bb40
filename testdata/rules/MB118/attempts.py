"""A loop over attempts runs what stands in it again after what the engine refused."""
import httpx
import stamina
from fastapi import FastAPI, HTTPException
from sqlalchemy import Integer, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry", isolation_level="SERIALIZABLE"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Car(Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)
    ferry: Mapped[int] = mapped_column(Integer)


@app.post("/ferries/{ferry}/cars/looped")
async def looped(ferry: int):
    async for attempt in AsyncRetrying(retry=retry_if_exception_type(DBAPIError), stop=stop_after_attempt(5), reraise=True):
        with attempt:
            async with Session() as session, session.begin():
                cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
                if cars >= 60:
                    raise HTTPException(409)
                session.add(Car(ferry=ferry))


@app.post("/ferries/{ferry}/cars/stamina")
async def with_stamina(ferry: int):
    async for attempt in stamina.retry_context(on=DBAPIError, attempts=4):
        with attempt:
            async with Session() as session, session.begin():
                cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
                if cars >= 60:
                    raise HTTPException(409)
                session.add(Car(ferry=ferry))


async def board(ferry: int) -> None:
    async with Session() as session, session.begin():
        cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
        if cars >= 60:
            raise HTTPException(409)
        session.add(Car(ferry=ferry))


@app.post("/ferries/{ferry}/cars/called")
async def called(ferry: int):
    await AsyncRetrying(stop=stop_after_attempt(5))(board, ferry)


# What is tried again here is another error.
@app.post("/ferries/{ferry}/cars/else")
async def otherwise(ferry: int):
    async for attempt in AsyncRetrying(retry=retry_if_exception_type(httpx.TimeoutException), stop=stop_after_attempt(5)):
        with attempt:
            async with Session() as session, session.begin():
                cars = await session.scalar(select(func.count()).select_from(Car).where(Car.ferry == ferry))
                if cars >= 60:
                    raise HTTPException(409)
                session.add(Car(ferry=ferry))  # want MB118 "cars"
