"""The parent row is locked first and the count comes later."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/courses"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    seats: Mapped[int]


class Enrolment(Base):
    __tablename__ = "enrolments"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    student: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/courses/{course_id}/enrolments/parent-locked")
async def enrol_locking_parent(course_id: int, student: str, db: DB):
    course = await db.get(Course, course_id, with_for_update=True)
    if course is None:
        raise HTTPException(404)
    taken = await db.scalar(select(func.count(Enrolment.id)).where(Enrolment.course_id == course_id))
    if taken >= course.seats:
        raise HTTPException(409, "full")
    db.add(Enrolment(course_id=course_id, student=student))
    await db.commit()
