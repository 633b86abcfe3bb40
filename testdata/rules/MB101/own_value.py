"""A unit of work writes the attributes that differ from what it loaded: to give a row what it shows already writes nothing."""
import json
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/orchard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    height: Mapped[int]
    notes: Mapped[str] = mapped_column(Text)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


def relabel(tree: Tree, label: str | None):
    label = label or tree.label
    tree.label = label


@app.patch("/trees/{tree_id}/label")
async def patch_label(tree_id: int, db: DB, label: str | None = None):
    tree = await db.get(Tree, tree_id)
    if tree is None:
        raise HTTPException(404)
    relabel(tree, label)
    await db.commit()


@app.patch("/trees/{tree_id}/height")
async def patch_height(tree_id: int, db: DB, height: int | None = None):
    tree = await db.get(Tree, tree_id)
    tree.height = height if height is not None else tree.height
    await db.commit()


@app.post("/trees/{tree_id}/grow")
async def grow(tree_id: int, by: int, db: DB):
    tree = await db.get(Tree, tree_id)
    height = tree.height
    height += by
    tree.height = height  # want MB101 "computed from the old value"
    await db.commit()


@app.post("/trees/{tree_id}/notes")
async def note(tree_id: int, author: str, text: str, db: DB):
    tree = await db.get(Tree, tree_id)
    notes = json.loads(tree.notes)
    notes[author] = text
    tree.notes = json.dumps(notes)  # want MB101 "computed from the old value"
    await db.commit()
