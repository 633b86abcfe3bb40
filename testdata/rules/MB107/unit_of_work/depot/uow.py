"""A unit of work that hands one session to its repositories, as a context manager and as a decorator."""
from contextlib import asynccontextmanager
from functools import wraps

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from .crates import Crates

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/depot"), expire_on_commit=False)


class UnitOfWork:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.crates = Crates(session)


@asynccontextmanager
async def unit_of_work():
    async with Session() as session:
        async with session.begin():
            yield UnitOfWork(session)


def transactional(function):
    @wraps(function)
    async def run(*args, **kwargs):
        async with unit_of_work() as uow:
            return await function(*args, uow=uow, **kwargs)

    return run
