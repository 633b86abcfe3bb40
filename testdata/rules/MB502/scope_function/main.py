"""scope="function" closes the session before the answer, and so before the background task; the usual scope after it."""
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/mail"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    sent: Mapped[bool] = mapped_column(default=False)


def get_db():
    with SessionLocal() as db:
        yield db


Early = Annotated[Session, Depends(get_db, scope="function")]
Late = Annotated[Session, Depends(get_db)]


def mark_sent(letter_id: int, db: Session) -> None:
    db.execute(update(Letter).where(Letter.id == letter_id).values(sent=True))
    db.commit()


@app.post("/letters/{letter_id}/send")
def send(letter_id: int, tasks: BackgroundTasks, db: Early):
    tasks.add_task(mark_sent, letter_id, db)  # want MB502 "db|session"


@app.post("/v2/letters/{letter_id}/send")
def send_late(letter_id: int, tasks: BackgroundTasks, db: Late):
    tasks.add_task(mark_sent, letter_id, db)
