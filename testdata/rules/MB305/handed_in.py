"""An attempt at an exam is handed in once: that is no counting of attempts, whatever its table is called."""
from datetime import datetime, timedelta, timezone

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/exams"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Attempt(Base):
    __tablename__ = "exam_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int]
    minutes: Mapped[int]
    started: Mapped[datetime]
    handed_in: Mapped[datetime | None]


class PinAttempt(Base):
    __tablename__ = "pin_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    pin: Mapped[str]


def get_db():
    with make_session() as db:
        yield db


@app.post("/attempts/{attempt_id}/hand-in")
def hand_in(attempt_id: int, db: Session = Depends(get_db)):
    attempt = db.get(Attempt, attempt_id)
    if attempt is None or attempt.handed_in is not None:  # want MB101|MB107 "exam_attempts.handed_in"
        raise HTTPException(409)
    over = attempt.started + timedelta(minutes=attempt.minutes)
    if over < datetime.now(timezone.utc) - timedelta(days=1):
        raise HTTPException(410)
    attempt.handed_in = min(datetime.now(timezone.utc), over)
    db.commit()


@app.post("/pins/{pin_id}")
def try_pin(pin_id: int, pin: str, db: Session = Depends(get_db)):
    tried = db.get(PinAttempt, pin_id)
    if tried is None or tried.number >= 5:  # want MB305 "pin_attempts.number"
        raise HTTPException(429)
    if tried.pin != pin:
        tried.number += 1
        db.commit()
        raise HTTPException(403)
