"""How much was used is no sign that something was."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/well"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Meter(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    used_litres: Mapped[int]
    used: Mapped[bool]


class Plan(Base):
    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[int]
    most: Mapped[int]
    deactivated_at: Mapped[datetime | None]
    redeemed: Mapped[bool]


class TokenUsage(Base):
    __tablename__ = "token_usages"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int]
    tokens: Mapped[int]


@app.post("/meters/{meter_id}/move/{other_id}")
async def move(meter_id: int, other_id: int, litres: int, db: DB):
    meter = await db.get(Meter, meter_id)
    if meter is None:
        raise HTTPException(404)
    meter.used_litres -= litres  # want MB101 "used_litres"
    await db.commit()


@app.post("/meters/{meter_id}/seal")
async def seal(meter_id: int, db: DB):
    meter = await db.get(Meter, meter_id)
    if meter.used:  # want MB106 "used"
        raise HTTPException(409)
    meter.used = True
    await db.commit()
    return {"seal": "broken"}


@app.post("/plans/{plan_id}/use")
async def use(plan_id: int, litres: int, db: DB):
    plan = await db.get(Plan, plan_id)
    if plan.used + litres > plan.most:
        raise HTTPException(409)
    plan.used = plan.used + litres  # want MB101 "used"
    await db.commit()


# What was given up, or used up, is there again: whoever says so twice says the same.
@app.post("/plans/{plan_id}/revive")
async def revive(plan_id: int, db: DB):
    plan = await db.get(Plan, plan_id)
    if not plan.deactivated_at:  # want MB107 "deactivated_at"
        raise HTTPException(409)
    plan.deactivated_at = None
    await db.commit()
    return {"plan": "alive"}


@app.post("/plans/{plan_id}/refund")
async def refund(plan_id: int, db: DB):
    plan = await db.get(Plan, plan_id)
    if not plan.redeemed:  # want MB107 "redeemed"
        raise HTTPException(409)
    plan.redeemed = False
    await db.commit()
    return {"plan": "as new"}


# Rows that are taken away whatever they hold, while somebody adds to them.
@app.delete("/teams/{team_id}/usage")
async def forget(team_id: int, db: DB):
    await db.execute(select(func.pg_advisory_xact_lock(team_id)))
    for row in (await db.scalars(select(TokenUsage).where(TokenUsage.team_id == team_id))).all():
        await db.delete(row)
    await db.commit()


@app.post("/teams/{team_id}/usage")
async def add(team_id: int, tokens: int, db: DB):
    await db.execute(update(TokenUsage).where(TokenUsage.team_id == team_id).values(tokens=TokenUsage.tokens + tokens))
    await db.commit()
