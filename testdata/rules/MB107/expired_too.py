"""A state and an expiry are asked together: that the one compares times does not make the other an amount."""
from datetime import datetime, timezone
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/stage"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Chair(Base):
    __tablename__ = "chairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    guest_id: Mapped[int | None]
    held_until: Mapped[datetime]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/chairs/{chair_id}/take")
async def take(chair_id: int, guest_id: int, db: DB):
    chair = await db.get(Chair, chair_id)
    assert chair is not None
    if chair.held_until < datetime.now(timezone.utc):
        raise HTTPException(410)
    if chair.status == "taken":  # want MB107 "the transition happens twice"
        raise HTTPException(409)
    chair.guest_id = guest_id
    chair.status = "taken"
    await db.commit()
