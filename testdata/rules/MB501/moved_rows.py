"""A job is sent with what the statement gave back that took its row to another state; others go by the key and claim the row again."""
from datetime import datetime
from typing import Annotated

import dramatiq
import httpx
from celery import shared_task
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from taskiq_redis import ListQueueBroker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/grants"))
broker = ListQueueBroker("redis://localhost")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Grant(Base):
    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    cents: Mapped[int]
    state: Mapped[str] = mapped_column(default="filed")
    approved_at: Mapped[datetime | None]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def approved(db: Session, grant_id: int):
    grant = db.execute(
        update(Grant).where(Grant.id == grant_id, Grant.state == "filed").values(state="approved").returning(Grant.account, Grant.cents)
    ).one_or_none()
    if grant is None:
        raise HTTPException(409)
    db.commit()
    return grant


def transfer(grant_id: int, account: str, cents: int) -> None:
    httpx.post("https://bank.example/transfers", json={"to": account, "cents": cents, "reference": grant_id}).raise_for_status()


@dramatiq.actor
def pay_snapshot(grant_id: int, account: str, cents: int) -> None:
    transfer(grant_id, account, cents)  # want MB501 "grants.state"
    return None


@app.post("/grants/{grant_id}/approve")
def approve(grant_id: int, db: DB):
    grant = approved(db, grant_id)
    pay_snapshot.send_with_options(args=(grant_id, grant.account, grant.cents), delay=900_000)


@shared_task
def pay_named(grant_id: int, account: str, cents: int) -> None:
    transfer(grant_id, account, cents)  # want MB501 "grants.state"
    return None


@app.post("/v2/grants/{grant_id}/approve")
def approve_with_celery(grant_id: int, db: DB):
    grant = approved(db, grant_id)
    pay_named.apply_async(kwargs={"grant_id": grant_id, "account": grant.account, "cents": grant.cents}, countdown=900)


@broker.task
async def pay_labelled(grant_id: int, account: str, cents: int) -> None:
    transfer(grant_id, account, cents)  # want MB501 "grants.state"
    return None


@app.post("/v3/grants/{grant_id}/approve")
async def approve_with_taskiq(grant_id: int, db: DB):
    grant = approved(db, grant_id)
    await pay_labelled.kicker().with_labels(delay=900).kiq(grant_id, grant.account, grant.cents)


@app.post("/grants/{grant_id}/withdraw")
def withdraw(grant_id: int, db: DB):
    done = db.execute(update(Grant).where(Grant.id == grant_id, Grant.state.in_(["filed", "approved"])).values(state="withdrawn"))
    db.commit()
    if done.rowcount == 0:
        raise HTTPException(409)


# Sound: the job claims the row, and nobody takes a row out of the state in which another job is sent.


@dramatiq.actor
def pay_claimed(grant_id: int) -> None:
    with Local.begin() as db:
        grant = db.execute(
            update(Grant).where(Grant.id == grant_id, Grant.state == "approved").values(state="paid").returning(Grant.account, Grant.cents)
        ).one_or_none()
    if grant is not None:
        transfer(grant_id, grant.account, grant.cents)


@app.post("/v4/grants/{grant_id}/approve")
def approve_and_claim(grant_id: int, db: DB):
    approved(db, grant_id)
    pay_claimed.send_with_options(args=(grant_id,), delay=900_000)


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    cents: Mapped[int]
    state: Mapped[str] = mapped_column(default="filed")


@app.post("/loans/{loan_id}/approve")
def approve_loan(loan_id: int, db: DB):
    loan = db.execute(
        update(Loan).where(Loan.id == loan_id, Loan.state == "filed").values(state="approved").returning(Loan.account, Loan.cents)
    ).one_or_none()
    if loan is None:
        raise HTTPException(409)
    db.commit()
    pay_loan.send_with_options(args=(loan_id, loan.account, loan.cents), delay=900_000)


@dramatiq.actor
def pay_loan(loan_id: int, account: str, cents: int) -> None:
    transfer(loan_id, account, cents)


@app.post("/loans/{loan_id}/withdraw")
def withdraw_loan(loan_id: int, db: DB):
    done = db.execute(update(Loan).where(Loan.id == loan_id, Loan.state == "filed").values(state="withdrawn"))
    db.commit()
    if done.rowcount == 0:
        raise HTTPException(409)
