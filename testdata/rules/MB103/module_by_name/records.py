from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/badges"))


class Base(DeclarativeBase):
    pass


class Badge(Base):
    __tablename__ = "badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class Pass(Base):
    __tablename__ = "passes"

    code: Mapped[str] = mapped_column(primary_key=True)


async def issue(code: str) -> None:
    async with Session() as session:
        if await session.scalar(select(Badge).where(Badge.code == code)):  # step MB103 check
            raise HTTPException(409)
        session.add(Badge(code=code))  # want MB103 "code"
        await session.commit()


async def issue_once(code: str) -> None:
    async with Session() as session:
        result = await session.execute(insert(Pass).values(code=code).on_conflict_do_nothing())
        await session.commit()
        if result.rowcount == 0:
            raise HTTPException(409)
