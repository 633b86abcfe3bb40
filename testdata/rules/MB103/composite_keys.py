"""A constraint on a part of the checked columns proves the check, one on more columns does not."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/league"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("team_id", "cup_id", "season"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int]
    cup_id: Mapped[int]
    season: Mapped[int]


class Badge(Base):
    __tablename__ = "badges"
    __table_args__ = (UniqueConstraint("team_id", "kind", name="uq_badge"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int]
    kind: Mapped[str]
    year: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/entries")
async def enter_once_for_life(team_id: int, cup_id: int, season: int, db: DB):
    entered = await db.scalar(select(exists().where(Entry.team_id == team_id, Entry.cup_id == cup_id)))
    if entered:  # step MB103 check
        raise HTTPException(409)
    db.add(Entry(team_id=team_id, cup_id=cup_id, season=season))  # want MB103 "team_id|cup_id"
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
        raise HTTPException(409) from None


@app.post("/badges")
async def award(team_id: int, kind: str, year: int, db: DB):
    query = select(Badge).where(Badge.team_id == team_id, Badge.kind == kind, Badge.year == year)
    if (await db.scalars(query)).first() is not None:
        raise HTTPException(409)
    db.add(Badge(team_id=team_id, kind=kind, year=year))
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
        raise HTTPException(409) from None


@app.put("/badges")
async def award_idempotent(team_id: int, kind: str, year: int, db: DB):
    row = insert(Badge).values(team_id=team_id, kind=kind, year=year)
    awarded = await db.execute(row.on_conflict_do_nothing(constraint="uq_badge"))
    await db.commit()
    return {"new": awarded.rowcount == 1}
