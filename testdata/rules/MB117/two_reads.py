"""Two sessions in one request, and nothing that is written depends on what was read."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/radio"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Show(Base):
    __tablename__ = "shows"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Play(Base):
    __tablename__ = "plays"

    id: Mapped[int] = mapped_column(primary_key=True)
    show_id: Mapped[int]


async def title_of(show_id: int) -> str | None:
    async with Session() as session:
        return await session.scalar(select(Show.title).where(Show.id == show_id))


async def record(show_id: int) -> None:
    async with Session() as session:
        await session.execute(insert(Play).values(show_id=show_id))
        await session.commit()


@app.get("/shows/{show_id}")
async def play(show_id: int):
    title = await title_of(show_id)
    if title is None:
        raise HTTPException(404)
    await record(show_id)
    async with Session() as session:
        plays = await session.scalar(select(func.count()).select_from(Play).where(Play.show_id == show_id))
    return {"title": title, "plays": plays}
