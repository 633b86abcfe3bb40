"""Who may leave an opinion is decided on how many there are; the work after the answer looks at each of them by itself."""
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/jury"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Opinion(Base):
    __tablename__ = "opinions"

    id: Mapped[int] = mapped_column(primary_key=True)
    painting: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def weigh(painting: int) -> None:
    async with Session() as db:
        for opinion in await db.scalars(select(Opinion).where(Opinion.painting == painting)):
            opinion.state = "weighed"
        await db.commit()


async def close(opinion_id: int) -> None:
    async with Session() as db:
        opinion = await db.get(Opinion, opinion_id)
        opinion.state = "closed"
        await db.commit()


@app.post("/paintings/{painting}/weighed")
async def weigh_some(painting: int, tasks: BackgroundTasks, db: DB):
    left = await db.scalar(select(func.count()).select_from(Opinion).where(Opinion.painting == painting, Opinion.state != "spam"))
    if left >= 9:
        raise HTTPException(409)
    tasks.add_task(weigh, painting)


@app.post("/opinions/{opinion_id}/closed")
async def close_one(opinion_id: int, tasks: BackgroundTasks, db: DB):
    opinion = await db.get(Opinion, opinion_id)
    if opinion.state != "weighed":  # want MB501|MB117 "opinions.state"
        raise HTTPException(409)
    tasks.add_task(close, opinion.id)


@app.post("/opinions/{opinion_id}/spam")
async def reject(opinion_id: int, db: DB):
    opinion = await db.get(Opinion, opinion_id)
    opinion.state = "spam"
    await db.commit()
