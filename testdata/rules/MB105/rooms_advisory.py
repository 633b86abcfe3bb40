"""An advisory lock on the parent's key, taken first."""
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


@app.post("/courses/{course_id}/enrolments/advisory")
async def enrol_advisory(course_id: int, student: str, db: DB):
    await db.execute(select(func.pg_advisory_xact_lock(course_id)))
    taken = await db.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.course_id == course_id))
    if taken >= 20:
        raise HTTPException(409, "full")
    db.add(Enrolment(course_id=course_id, student=student))
    await db.commit()
