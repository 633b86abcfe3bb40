"""The constraint is there; the question is who answers its refusal."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/podcasts"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Feed(Base):
    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class FeedExists(Exception):
    pass


async def store(db: AsyncSession, url: str) -> None:
    db.add(Feed(url=url))
    try:
        await db.commit()
    except IntegrityError as e:
        await db.rollback()
        raise FeedExists(url) from e


@app.post("/feeds")
async def add_feed(url: str, db: DB):
    if await db.scalar(select(Feed).where(Feed.url == url)) is not None:  # step MB104 check
        raise HTTPException(409)
    db.add(Feed(url=url))  # want MB104 "url"
    await db.commit()


@app.post("/v2/feeds")
async def add_feed_translated(url: str, db: DB):
    if await db.scalar(select(Feed).where(Feed.url == url)) is not None:
        raise HTTPException(409)
    try:
        await store(db, url)
    except FeedExists:
        raise HTTPException(409) from None


@app.post("/v3/feeds")
async def add_feed_caller_handles(url: str, db: DB):
    try:
        if await db.scalar(select(Feed.id).where(Feed.url == url)):
            raise HTTPException(409)
        db.add(Feed(url=url))
        await db.commit()
    except IntegrityError:
        await db.rollback()
        raise HTTPException(409) from None
