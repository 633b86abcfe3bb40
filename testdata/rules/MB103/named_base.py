"""A base class that the library makes of a class of the project: its columns and the names of the tables come from there."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, declarative_base, declared_attr, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/camp"))
app = FastAPI()


class Named:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

    id: Mapped[int] = mapped_column(primary_key=True)


Base = declarative_base(cls=Named)


class Tent(Base):
    pitch: Mapped[int]
    night: Mapped[str]


class Caravan(Base):
    __table_args__ = (UniqueConstraint("pitch", "night"),)

    pitch: Mapped[int]
    night: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/pitches/{pitch}/tents/{night}")
async def put_up(pitch: int, night: str, db: DB):
    if await db.scalar(select(Tent).where(Tent.pitch == pitch, Tent.night == night)):
        raise HTTPException(409)
    db.add(Tent(pitch=pitch, night=night))  # want MB103 "tent"
    await db.commit()


@app.post("/pitches/{pitch}/caravans/{night}")
async def park(pitch: int, night: str, db: DB):
    if await db.scalar(select(Caravan).where(Caravan.pitch == pitch, Caravan.night == night)):
        raise HTTPException(409)
    db.add(Caravan(pitch=pitch, night=night))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
