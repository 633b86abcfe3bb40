"""A row that is nothing but a key of more columns than were asked for: two requests that differ in the rest both get in."""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/orchard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Adoption(Base):
    __tablename__ = "adoptions"
    __table_args__ = (UniqueConstraint("tree", "season", "patron"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[str]
    season: Mapped[int]
    patron: Mapped[int]


class Visit(Base):
    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("tree", "season"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[str]
    season: Mapped[int]


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)


class Label(Base):
    __tablename__ = "labels"

    tree_id: Mapped[int] = mapped_column(ForeignKey("trees.id"), primary_key=True)
    colour: Mapped[str] = mapped_column(primary_key=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/trees/{tree}/{season}/patron")
async def adopt(tree: str, season: int, db: DB, x_patron: Annotated[int, Header()]):
    taken = await db.scalar(select(Adoption.id).where(Adoption.tree == tree, Adoption.season == season))
    if taken is not None:  # want MB103 "adoptions.tree"
        raise HTTPException(409)
    db.add(Adoption(tree=tree, season=season, patron=x_patron))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/trees/{tree}/{season}/visit")
async def visit(tree: str, season: int, db: DB):
    if await db.scalar(select(Visit.id).where(Visit.tree == tree, Visit.season == season)) is not None:
        raise HTTPException(409)
    db.add(Visit(tree=tree, season=season))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.put("/trees/{tree_id}/labels")
async def label(tree_id: int, colours: list[str], db: DB):
    there = (await db.scalars(select(Label.colour).where(Label.tree_id == tree_id))).all()
    for colour in colours:
        if colour not in there:
            db.add(Label(tree_id=tree_id, colour=colour))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
