from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/app")
Session = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    views: Mapped[int]


async def reading():
    async with Session() as session:
        yield session


async def writing():
    async with Session() as session:
        yield session
        await session.commit()


app = FastAPI()


# The session is closed without a commit: what is assigned is for the answer only.
@app.get("/articles/{id}")
async def show(id: int, session: AsyncSession = Depends(reading)):
    article = await session.get(Article, id)
    if article is None:
        raise HTTPException(404)
    article.body = article.body.replace("<", "&lt;")
    return article


# The same on a session that commits, but the row is taken out of it before.
@app.get("/articles/{id}/plain")
async def plain(id: int, session: AsyncSession = Depends(writing)):
    article = await session.get(Article, id)
    if article is None:
        raise HTTPException(404)
    article.body = article.body.replace("<", "&lt;")
    session.expunge(article)
    return article


@app.post("/articles/{id}/views")
async def view(id: int, session: AsyncSession = Depends(writing)):
    article = await session.get(Article, id)
    if article is None:
        raise HTTPException(404)
    article.views = article.views + 1  # want MB101 "views"
    return article
