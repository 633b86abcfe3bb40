"""Whose document is it: asked of the object that was loaded, or of the row that is written."""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/archive"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    body: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Me = Annotated[str, Header(alias="X-User")]


async def mine(document_id: int, me: Me, db: DB) -> Document:
    document = await db.get(Document, document_id)
    if document is None or document.owner != me:  # step MB302 check
        raise HTTPException(404)
    return document


@app.delete("/documents/{document_id}")
async def remove(document: Annotated[Document, Depends(mine)], db: DB):
    await db.execute(delete(Document).where(Document.id == document.id))  # want MB302 "owner"
    await db.commit()


@app.delete("/v2/documents/{document_id}")
async def remove_mine(document_id: int, me: Me, db: DB):
    gone = await db.execute(delete(Document).where(Document.id == document_id, Document.owner == me))
    if gone.rowcount != 1:
        raise HTTPException(404)
    await db.commit()


@app.put("/documents/{document_id}")
async def write(document_id: int, body: str, me: Me, db: DB):
    document = await db.scalar(select(Document).where(Document.id == document_id).with_for_update())
    if document is None or document.owner != me:
        raise HTTPException(404)
    document.body = body
    await db.commit()


@app.put("/documents/{document_id}/owner")
async def give(document_id: int, to: str, me: Me, db: DB):
    given = await db.execute(
        update(Document).where(Document.id == document_id, Document.owner == me).values(owner=to)
    )
    if given.rowcount != 1:
        raise HTTPException(404)
    await db.commit()
