"""A print that failed is sent to the worker again: the worker comes to it no sooner than another such request has sent it there."""
import httpx
from celery import Celery
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/prints"))
app = FastAPI()
celery = Celery("prints", broker="redis://localhost")


class Base(DeclarativeBase):
    pass


class Print(Base):
    __tablename__ = "prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="waiting")


class Proof(Base):
    __tablename__ = "proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="waiting")


def get_db():
    with make_session() as db:
        yield db


@celery.task
def run_print(print_id: int):
    with make_session() as db:
        db.execute(update(Print).where(Print.id == print_id).values(state="printing"))
        db.commit()
        httpx.post("https://press.example/prints", json={"id": print_id})


@app.post("/prints/{print_id}/again")
def print_again(print_id: int, db: Session = Depends(get_db)):
    row = db.get(Print, print_id)
    if row is None or row.state != "failed":  # want MB107 "^Two simultaneous requests to POST /prints/{print_id}/again"
        raise HTTPException(409)
    row.state = "waiting"
    db.commit()
    run_print.delay(print_id)  # want MB501 "prints.state"


@celery.task
def run_proof(proof_id: int):
    with make_session() as db:
        db.execute(update(Proof).where(Proof.id == proof_id).values(state="printing"))
        db.commit()
        httpx.post("https://press.example/proofs", json={"id": proof_id})


@app.post("/proofs/{proof_id}/again")
def proof_again(proof_id: int, db: Session = Depends(get_db)):
    sent = db.execute(update(Proof).where(Proof.id == proof_id, Proof.state == "failed").values(state="waiting"))
    if sent.rowcount != 1:
        raise HTTPException(409)
    db.commit()
    run_proof.delay(proof_id)
