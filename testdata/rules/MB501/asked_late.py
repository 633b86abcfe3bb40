"""A mail that is sent only in one state: the work asks the object that the request handed it, or the row itself."""
import smtplib
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/recalls"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Recall(Base):
    __tablename__ = "recalls"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="draft")
    dealer: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def mail(to: str, recall_id: int) -> None:
    with smtplib.SMTP("mail") as smtp:
        smtp.sendmail("recalls@example.com", [to], f"Recall {recall_id}")


def announce(recall: Recall) -> None:
    if recall.state == "released":  # want MB501 "recalls.state"
        mail(recall.dealer, recall.id)


@app.post("/recalls/{recall_id}/announce")
def announce_later(recall_id: int, tasks: BackgroundTasks, db: DB):
    recall = db.get(Recall, recall_id)
    if recall is None:
        raise HTTPException(404)
    tasks.add_task(announce, recall)


def announce_claimed(recall_id: int) -> None:
    with Local.begin() as db:
        dealer = db.scalar(
            update(Recall).where(Recall.id == recall_id, Recall.state == "released").values(state="announced").returning(Recall.dealer)
        )
    if dealer is not None:
        mail(dealer, recall_id)


@app.post("/v2/recalls/{recall_id}/announce")
def announce_claimed_later(recall_id: int, tasks: BackgroundTasks):
    tasks.add_task(announce_claimed, recall_id)


def greet(recall: Recall) -> None:
    mail(recall.dealer, recall.id)


@app.post("/recalls/{recall_id}/greet")
def greet_later(recall_id: int, tasks: BackgroundTasks, db: DB):
    recall = db.get(Recall, recall_id)
    if recall is None:
        raise HTTPException(404)
    tasks.add_task(greet, recall)


@app.post("/recalls/{recall_id}/withdraw")
def withdraw(recall_id: int, db: DB):
    done = db.execute(update(Recall).where(Recall.id == recall_id, Recall.state == "released").values(state="withdrawn"))
    db.commit()
    if done.rowcount == 0:
        raise HTTPException(409)
