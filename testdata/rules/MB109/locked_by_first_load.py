"""A row that is locked by its first load, and then another one: who takes no lock at all is the one that goes by what is old."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/gym"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    state: Mapped[str]


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


class Payment(Base):
    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int]
    cents: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.delete("/courses/{course_id}")
async def leave(course_id: int, db: DB):
    course = await db.scalar(select(Course).where(Course.id == course_id).with_for_update())
    purse = await db.scalar(select(Purse).where(Purse.id == course.member_id).with_for_update())
    if course.state == "left":
        raise HTTPException(409)
    purse.cents = purse.cents + 100
    db.add(Payment(course_id=course_id, cents=100))
    course.state = "left"
    await db.commit()


@app.post("/courses/{course_id}/cancel")
async def cancel(course_id: int, db: DB):
    course = await db.get(Course, course_id)
    if course.state == "left":  # want MB107 "the transition happens twice"
        raise HTTPException(409)
    db.add(Payment(course_id=course_id, cents=100))
    course.state = "left"
    await db.commit()
