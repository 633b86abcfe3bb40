"""Whether others remain is asked by leaving out the row that is to go: each of two requests leaves out its own, and counts the other's."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    chief: Mapped[bool]


class Pilot(Base):
    __tablename__ = "pilots"

    id: Mapped[int] = mapped_column(primary_key=True)
    on_duty: Mapped[bool]


class Deputy(Base):
    __tablename__ = "deputies"

    id: Mapped[int] = mapped_column(primary_key=True)
    harbour_id: Mapped[int]
    person_id: Mapped[int]
    role: Mapped[str]


class Bell(Base):
    __tablename__ = "bells"

    id: Mapped[int] = mapped_column(primary_key=True)
    tone: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.delete("/keepers/{keeper_id}")
async def dismiss(keeper_id: int, db: DB):
    others = (await db.scalars(select(Keeper).where(Keeper.chief, Keeper.id != keeper_id))).all()
    if not others:
        raise HTTPException(409)
    await db.execute(delete(Keeper).where(Keeper.id == keeper_id))  # want MB116 "keepers"
    await db.commit()


@app.delete("/keepers/{keeper_id}/counted")
async def dismiss_counted(keeper_id: int, db: DB):
    others = await db.scalar(select(func.count(Keeper.id)).where(Keeper.chief, Keeper.id != keeper_id))
    if others == 0:
        raise HTTPException(409)
    await db.execute(delete(Keeper).where(Keeper.id == keeper_id))  # want MB116 "keepers"
    await db.commit()


@app.delete("/keepers/{keeper_id}/listed")
async def dismiss_listed(keeper_id: int, db: DB):
    keepers = (await db.scalars(select(Keeper))).all()
    others = [k for k in keepers if k.chief and k.id != keeper_id]
    if not others:
        raise HTTPException(409)
    await db.execute(delete(Keeper).where(Keeper.id == keeper_id))  # want MB116 "keepers"
    await db.commit()


# The row is named by two columns, one of which all that are counted have in common.
@app.put("/harbours/{harbour_id}/deputies/{person_id}")
async def demote(harbour_id: int, person_id: int, db: DB):
    others = await db.scalar(
        select(func.count()).where(Deputy.harbour_id == harbour_id, Deputy.role == "chief", Deputy.person_id != person_id)
    )
    if others == 0:
        raise HTTPException(409)
    mine = (Deputy.harbour_id == harbour_id, Deputy.person_id == person_id)
    await db.execute(update(Deputy).where(*mine).values(role="member"))  # want MB116 "deputies"
    await db.commit()


# Whoever comes second waits for the rows that were counted, and finds one less.
@app.delete("/pilots/{pilot_id}")
async def send_home(pilot_id: int, db: DB):
    on_duty = (await db.scalars(select(Pilot).where(Pilot.on_duty).order_by(Pilot.id).with_for_update())).all()
    if not [p for p in on_duty if p.id != pilot_id]:
        raise HTTPException(409)
    await db.execute(delete(Pilot).where(Pilot.id == pilot_id))
    await db.commit()


# That no other has the tone stays true when a bell goes.
@app.delete("/bells/{bell_id}")
async def melt(bell_id: int, tone: str, db: DB):
    same = (await db.scalars(select(Bell).where(Bell.tone == tone, Bell.id != bell_id))).all()
    if same:
        raise HTTPException(409)
    await db.execute(delete(Bell).where(Bell.id == bell_id))
    await db.commit()
