"""Whose a row is need not be called owner: whoever it does not name is told that he may not."""
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/recipes"))
images = httpx.AsyncClient(base_url="http://images")
app = FastAPI()
Cook = Annotated[int, Header(alias="x-cook")]


class Base(DeclarativeBase):
    pass


class Recipe(Base):
    __tablename__ = "recipes"

    id: Mapped[int] = mapped_column(primary_key=True)
    cook_id: Mapped[int]
    photo: Mapped[str | None]


async def cook_of(recipe_id: int) -> int | None:
    async with Session() as db:
        return await db.scalar(select(Recipe.cook_id).where(Recipe.id == recipe_id))


async def shrunk(image: bytes) -> str:
    return (await images.post("/shrink", content=image)).json()["url"]


@app.put("/recipes/{recipe_id}/photo")
async def add_photo(recipe_id: int, image: bytes, cook: Cook):
    if await cook_of(recipe_id) != cook:  # want MB302 "recipes"
        raise HTTPException(403)
    url = await shrunk(image)
    async with Session.begin() as db:
        await db.execute(update(Recipe).where(Recipe.id == recipe_id).values(photo=url))


@app.put("/v2/recipes/{recipe_id}/photo")
async def add_photo_of_own(recipe_id: int, image: bytes, cook: Cook):
    url = await shrunk(image)
    async with Session.begin() as db:
        done = await db.execute(update(Recipe).where(Recipe.id == recipe_id, Recipe.cook_id == cook).values(photo=url))
    if done.rowcount == 0:
        raise HTTPException(403)


@app.post("/recipes/{recipe_id}/gift")
async def give(recipe_id: int, to: int, cook: Cook):
    async with Session.begin() as db:
        await db.execute(update(Recipe).where(Recipe.id == recipe_id, Recipe.cook_id == cook).values(cook_id=to))
