"""A limit on rows: the count is a phantom's door."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
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


async def enrolled(db: AsyncSession, course_id: int) -> list[Enrolment]:
    return list(await db.scalars(select(Enrolment).where(Enrolment.course_id == course_id)))


@app.post("/courses/{course_id}/enrolments")
async def enrol(course_id: int, student: str, db: DB):
    course = await db.get(Course, course_id)
    if course is None:
        raise HTTPException(404)
    if len(await enrolled(db, course_id)) >= course.seats:  # step MB105 check
        raise HTTPException(409, "full")
    db.add(Enrolment(course_id=course_id, student=student))  # want MB105 "enrol"
    await db.commit()


@app.post("/courses/{course_id}/enrolments/children-locked")
async def enrol_locking_children(course_id: int, student: str, db: DB):
    rows = await db.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id).with_for_update())
    if len(rows.all()) >= 20:
        raise HTTPException(409, "full")
    db.add(Enrolment(course_id=course_id, student=student))  # want MB105|MB110|MB111 "enrol"
    await db.commit()
