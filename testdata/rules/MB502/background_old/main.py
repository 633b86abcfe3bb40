"""FastAPI 0.110 closes yield dependencies before background tasks run."""
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


def mark_sent(letter_id: int, db: Session) -> None:
    db.execute(update(Letter).where(Letter.id == letter_id).values(sent=True))
    db.commit()


@app.post("/letters/{letter_id}/send")
def send(letter_id: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    tasks.add_task(mark_sent, letter_id, db)  # want MB502 "db|session"
