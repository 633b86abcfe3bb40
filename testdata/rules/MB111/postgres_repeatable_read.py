"""PostgreSQL at REPEATABLE READ: the snapshot is older than the lock that was waited for."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/ferry", isolation_level="REPEATABLE READ")
Session = async_sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sailing(Base):
    __tablename__ = "sailings"

    id: Mapped[int] = mapped_column(primary_key=True)
    decks: Mapped[int]


class Car(Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)
    sailing_id: Mapped[int] = mapped_column(ForeignKey("sailings.id"))


async def get_db():
    async with Session() as session:
        yield session


@app.post("/sailings/{sailing_id}/cars")
async def load_car(sailing_id: int, db: Annotated[AsyncSession, Depends(get_db)]):
    try:
        decks = await db.scalar(select(Sailing.decks).where(Sailing.id == sailing_id).with_for_update())
        aboard = await db.scalar(select(func.count()).select_from(Car).where(Car.sailing_id == sailing_id))
        if decks is None or aboard >= decks:  # step MB111|MB105 check
            raise HTTPException(409)
        db.add(Car(sailing_id=sailing_id))  # want MB111|MB105 "car"
        await db.commit()
    except DBAPIError:
        raise HTTPException(503) from None
