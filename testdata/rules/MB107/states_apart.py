"""Who boards demands a state that nobody who lands begins with: the two never meet on one row."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Passage(Base):
    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    boarding: Mapped[bool]

    @property
    def sailed(self) -> bool:
        return self.state in ("sailed", "landed")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/passages/{passage_id}/board")
async def board(passage_id: int, db: DB):
    passage = await db.get(Passage, passage_id)
    if passage.state != "booked":
        raise HTTPException(409)
    taken = await db.execute(update(Passage).where(Passage.id == passage_id, Passage.boarding.is_(False)).values(boarding=True))
    if taken.rowcount == 0:
        raise HTTPException(409)
    async with httpx.AsyncClient() as client:
        await client.post("https://gate.example/open", json={"passage": passage_id})
    await db.commit()


@app.post("/passages/{passage_id}/land")
async def land(passage_id: int, db: DB):
    passage = await db.scalar(select(Passage).where(Passage.id == passage_id).with_for_update())
    if not passage.sailed:
        raise HTTPException(409)
    passage.state = "landed"
    await db.commit()
