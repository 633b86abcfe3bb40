from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/tree"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Folder(Base):
    __tablename__ = "folders"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    name: Mapped[str]
    depth: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/folders/{parent_id}/folders")
async def nest(parent_id: int, name: str, db: DB):
    parent = await db.get(Folder, parent_id)
    if parent.depth > 3:  # of the parent, which is another row than the new one
        raise HTTPException(422)
    db.add(Folder(parent_id=parent_id, name=name, depth=1))
    await db.commit()


@app.put("/folders/{folder_id}/depth")
async def sink(folder_id: int, depth: int, db: DB):
    folder = await db.get(Folder, folder_id)
    folder.depth = depth
    await db.commit()


@app.put("/folders/{folder_id}")
async def place(folder_id: int, name: str, db: DB):
    folder = await db.get(Folder, folder_id)
    if folder is None:  # want MB104 "folders"
        db.add(Folder(id=folder_id, name=name, depth=0))
        await db.commit()
