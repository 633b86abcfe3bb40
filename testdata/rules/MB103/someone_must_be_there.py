"""A row that must be there before another one comes: the membership of whoever calls is no question of uniqueness."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/choir"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Singer(Base):
    __tablename__ = "singers"
    __table_args__ = (UniqueConstraint("choir_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    person_id: Mapped[int]
    voice: Mapped[str]


class Remark(Base):
    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/choirs/{choir_id}/remarks/{remark_id}/answer")
async def answer(choir_id: int, remark_id: int, text: str, db: DB):
    asked = await db.scalar(select(Remark).where(Remark.id == remark_id, Remark.choir_id == choir_id))
    if asked is None:
        raise HTTPException(404)
    db.add(Remark(choir_id=choir_id, kind=asked.kind, text=text))
    await db.commit()


@app.post("/choirs/{choir_id}/split")
async def split(choir_id: int, person_id: int, other: int, db: DB):
    lead = await db.scalar(select(Singer).where(Singer.choir_id == choir_id, Singer.person_id == person_id))
    if lead is None or lead.voice != "lead":
        raise HTTPException(403)
    remarks = (await db.scalars(select(Remark).where(Remark.choir_id == choir_id))).all()
    for remark in remarks:
        assert remark.text is not None
        db.add(Remark(choir_id=choir_id, kind="split", text=remark.text))
    await db.commit()


@app.post("/choirs/{choir_id}/open")
async def reopen(choir_id: int, db: DB):
    latest = await db.scalar(select(Remark).where(Remark.choir_id == choir_id, Remark.kind == "opened").order_by(Remark.id.desc()).limit(1))
    if latest is not None and latest.text == "open":  # want MB103 "both insert"
        return latest
    db.add(Remark(choir_id=choir_id, kind="opened", text="open"))
    await db.commit()


@app.post("/choirs/{choir_id}/motto")
async def motto(choir_id: int, text: str, db: DB):
    found = await db.scalar(select(Remark).where(Remark.choir_id == choir_id, Remark.kind == "motto"))
    if found:
        if found.text == text:  # want MB103 "both insert"
            return found
        await db.delete(found)
    db.add(Remark(choir_id=choir_id, kind="motto", text=text))
    await db.commit()
