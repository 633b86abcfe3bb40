"""A lost update is told where the old value is taken, and not at whatever was decided on the way."""
import re
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/orchard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Press(Base):
    __tablename__ = "presses"

    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(JSON)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


def checked(options: dict):
    for name in options:
        if not re.match(r"[a-z_]+", name):
            raise HTTPException(422)
    return options


@app.patch("/presses/{press_id}")
async def set_options(press_id: int, changes: dict, db: DB):
    press = await db.get(Press, press_id)
    if press is None:
        raise HTTPException(404)
    merged = {**press.options, **changes}  # want MB101 "computed from the old value"
    press.options = checked(merged)
    await db.commit()
