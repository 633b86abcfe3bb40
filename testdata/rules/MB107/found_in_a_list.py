"""A flag that a loop over a list of constants sets before it is left decides what comes after."""

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    token: Mapped[str]


class Exam(Base):
    __tablename__ = "exams"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


factory = sessionmaker(create_engine("postgresql://db/exams"))


def open_session():
    with factory() as session:
        yield session


def teacher(token: str = Header(), session: Session = Depends(open_session)):
    person = session.scalar(select(Person).where(Person.token == token))
    allowed = False
    for role in ["teacher", "head"]:
        if role == person.role:
            allowed = True
            break
    if not allowed:
        raise HTTPException(403)
    return person


@app.post("/exams/{exam_id}/open")
def open_exam(exam_id: int, session: Session = Depends(open_session), person: Person = Depends(teacher)):
    exam = session.get(Exam, exam_id)
    if exam.state != "planned":
        raise HTTPException(409)
    exam.state = "open"  # want MB107 "exams.state"
    session.commit()


@app.post("/exams/{exam_id}/close")
def close_exam_ok(exam_id: int, session: Session = Depends(open_session), person: Person = Depends(teacher)):
    exam = session.get(Exam, exam_id, with_for_update=True)
    for state in ("open", "late"):
        if exam.state == state:
            break
    else:
        raise HTTPException(409)
    exam.state = "closed"
    session.commit()
