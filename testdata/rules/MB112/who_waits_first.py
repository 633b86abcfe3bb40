"""The first one on a waiting list gets the place and is taken off the list: two requests give it to the same one twice."""

from fastapi import FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/courses")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)


class Waiting(Base):
    __tablename__ = "waiting"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    student_id: Mapped[int]


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    student_id: Mapped[int]


@app.post("/courses/{course_id}/next")
def next_one(course_id: int):
    with Session(engine) as session:
        first = session.scalars(select(Waiting).where(Waiting.course_id == course_id).order_by(Waiting.id).limit(1)).first()
        if first is None:
            raise HTTPException(404)
        session.add(Place(course_id=course_id, student_id=first.student_id))
        session.delete(first)  # want MB112 "waiting"
        session.commit()


@app.post("/courses/{course_id}/next-locked")
def next_locked(course_id: int):
    with Session(engine) as session:
        first = session.scalars(
            select(Waiting).where(Waiting.course_id == course_id).order_by(Waiting.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if first is None:
            raise HTTPException(404)
        session.add(Place(course_id=course_id, student_id=first.student_id))
        session.delete(first)
        session.commit()


@app.post("/courses/{course_id}/next-taken")
def next_taken(course_id: int):
    with Session(engine) as session:
        first = session.scalars(select(Waiting).where(Waiting.course_id == course_id).order_by(Waiting.id).limit(1)).first()
        if first is None:
            raise HTTPException(404)
        if session.execute(delete(Waiting).where(Waiting.id == first.id)).rowcount == 0:
            raise HTTPException(409)
        session.add(Place(course_id=course_id, student_id=first.student_id))
        session.commit()


@app.post("/courses/{course_id}/students/{student_id}/leave")
def leave(course_id: int, student_id: int):
    with Session(engine) as session:
        own = session.scalars(select(Waiting).where(Waiting.course_id == course_id, Waiting.student_id == student_id)).first()
        if own is None:
            raise HTTPException(404)
        session.add(Place(course_id=course_id, student_id=own.student_id))
        session.delete(own)
        session.commit()
