"""What really serves: the parts are put together here, and only here is it said where the berths lie."""
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from .stored import BerthsInTable
from .web import create_app


def production():
    engine = create_async_engine("postgresql+asyncpg://localhost/port")
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    berths = BerthsInTable(sessions)
    return create_app(berths=berths)


def main():
    import uvicorn

    uvicorn.run(production())


if __name__ == "__main__":
    main()
