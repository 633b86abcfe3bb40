"""A unique index over a folded column, for rows that have one and are not deleted: it keeps out what the look-up looks for."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, Index, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/post"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Letterbox(Base):
    __tablename__ = "letterboxes"
    __table_args__ = (
        Index(
            "ix_letterboxes_town_label",
            "town_id",
            func.lower(Column("label")),
            "deleted_at",
            unique=True,
            postgresql_where=text("label IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int]
    street_id: Mapped[int]
    label: Mapped[str | None]
    deleted_at: Mapped[datetime | None]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/towns/{town_id}/letterboxes")
async def add(town_id: int, street_id: int, label: str, db: DB):
    there = select(Letterbox).where(Letterbox.town_id == town_id, func.lower(Letterbox.label) == label.lower(), Letterbox.deleted_at.is_(None))
    if await db.scalar(there):
        raise HTTPException(409)
    db.add(Letterbox(town_id=town_id, street_id=street_id, label=label))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/streets/{street_id}/letterboxes")
async def add_to_street(street_id: int, town_id: int, label: str, db: DB):
    there = select(Letterbox).where(Letterbox.street_id == street_id, Letterbox.deleted_at.is_(None))
    if await db.scalar(there):  # want MB103 "both insert"
        raise HTTPException(409)
    db.add(Letterbox(town_id=town_id, street_id=street_id, label=label))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
