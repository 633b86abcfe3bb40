"""SQLModel on an async session, a service that raises, Field(unique=True)."""
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

engine = create_async_engine("postgresql+asyncpg://localhost/cookbook")
router = APIRouter()


class Author(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    pen_name: str = Field(index=True)


class Recipe(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)


async def get_session():
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def ensure_free(session: AsyncSession, pen_name: str) -> None:
    result = await session.exec(select(Author).where(Author.pen_name == pen_name))  # step MB103 read
    if result.one_or_none() is not None:  # step MB103 check
        raise HTTPException(409, "taken")


@router.post("/authors")
async def add_author(author: Author, session: SessionDep):
    await ensure_free(session, author.pen_name)
    session.add(author)  # want MB103 "pen_name|author"
    await session.commit()


@router.post("/recipes")
async def add_recipe(recipe: Recipe, session: SessionDep):
    if (await session.exec(select(Recipe).where(Recipe.slug == recipe.slug))).first():
        raise HTTPException(409, "taken")
    session.add(recipe)
    try:
        await session.commit()
    except IntegrityError:
        await session.rollback()
        raise HTTPException(409, "taken") from None


app = FastAPI()
app.include_router(router)
