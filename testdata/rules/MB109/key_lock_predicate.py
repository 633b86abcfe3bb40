"""The key is locked, and the row is read again with the predicate in WHERE: sound on PostgreSQL."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/locks"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Door(Base):
    __tablename__ = "doors"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str | None]


class Doors:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def lock(self, door_id: int) -> None:
        await self.session.execute(select(Door.id).where(Door.id == door_id).with_for_update())

    async def free(self, door_id: int) -> Door | None:
        return await self.session.scalar(select(Door).where(Door.id == door_id, Door.holder.is_(None)))


async def get_db():
    async with Session() as session:
        yield session


@app.post("/doors/{door_id}/hold")
async def hold(door_id: int, name: str, db: Annotated[AsyncSession, Depends(get_db)]):
    doors = Doors(db)
    await doors.lock(door_id)
    door = await doors.free(door_id)
    if door is None:
        raise HTTPException(409)
    door.holder = name
    await db.commit()
