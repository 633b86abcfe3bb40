"""What is left of an allowance is a hybrid: asked of the row in Python, and of the columns in the predicate of the write."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://roaming@db/roaming")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Plan(Base):
    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    allowance: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)

    @hybrid_property
    def left(self):
        return self.allowance - self.used

    @hybrid_method
    def covers(self, amount):
        return self.allowance - self.used >= amount


def session():
    with Session(engine) as db:
        yield db


DB = Annotated[Session, Depends(session)]


@app.post("/plans/{plan_id}/draw")
def draw(plan_id: int, amount: int, db: DB):
    plan = db.get(Plan, plan_id)
    if plan.left < amount:
        raise HTTPException(402)
    drawn = db.execute(update(Plan).where(Plan.id == plan_id, Plan.left >= amount).values(used=Plan.used + amount))
    if drawn.rowcount != 1:
        raise HTTPException(409)
    db.commit()


@app.post("/plans/{plan_id}/draw-covered")
def draw_covered(plan_id: int, amount: int, db: DB):
    plan = db.get(Plan, plan_id)
    if not plan.covers(amount):
        raise HTTPException(402)
    drawn = db.execute(update(Plan).where(Plan.id == plan_id, Plan.covers(amount)).values(used=Plan.used + amount))
    if drawn.rowcount != 1:
        raise HTTPException(409)
    db.commit()


@app.post("/plans/{plan_id}/draw-unasked")
def draw_unasked(plan_id: int, amount: int, db: DB):
    plan = db.get(Plan, plan_id)
    if plan.left < amount:  # step MB102 check
        raise HTTPException(402)
    drawn = db.execute(update(Plan).where(Plan.id == plan_id).values(used=Plan.used + amount))  # want MB102 "plans"
    if drawn.rowcount != 1:
        raise HTTPException(409)
    db.commit()
