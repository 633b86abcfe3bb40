"""How many there are is counted in the statement that reads the row: over a join, or in its condition."""

from fastapi import FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/courses")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    seats: Mapped[int]


class Seat(Base):
    __tablename__ = "taken_seats"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    student_id: Mapped[int]


@app.post("/courses/{course_id}/joined")
def joined(course_id: int, student_id: int):
    with Session(engine) as session:
        course = session.execute(
            select(Course.seats, func.count(Seat.id).label("taken")).outerjoin(Seat).where(Course.id == course_id).group_by(Course.id)
        ).one()
        if course.taken >= course.seats:  # want MB105 "taken_seats"
            raise HTTPException(409)
        session.add(Seat(course_id=course_id, student_id=student_id))
        session.commit()


@app.post("/courses/{course_id}/asked")
def asked(course_id: int, student_id: int):
    with Session(engine) as session:
        taken = select(func.count(Seat.id)).where(Seat.course_id == Course.id).scalar_subquery()
        if session.scalar(select(Course.id).where(Course.id == course_id, Course.seats > taken)) is None:  # want MB105 "taken_seats"
            raise HTTPException(409)
        session.add(Seat(course_id=course_id, student_id=student_id))
        session.commit()


@app.post("/courses/{course_id}/joined-under-lock")
def joined_under_lock(course_id: int, student_id: int):
    with Session(engine) as session:
        session.get(Course, course_id, with_for_update=True)
        course = session.execute(
            select(Course.seats, func.count(Seat.id).label("taken")).outerjoin(Seat).where(Course.id == course_id).group_by(Course.id)
        ).one()
        if course.taken >= course.seats:
            raise HTTPException(409)
        session.add(Seat(course_id=course_id, student_id=student_id))
        session.commit()
