"""Rows that are locked by one statement: who writes one of them alone waits for both."""

from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/bank")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


@app.post("/accounts/{account_id}/withdraw")
def withdraw(account_id: int, amount: int):
    with Session(engine) as session:
        account = session.get(Account, account_id)  # step MB101 read
        if account.balance < amount:
            raise HTTPException(409)
        account.balance -= amount  # want MB101 "accounts.balance"
        session.commit()


@app.post("/accounts/{source}/transfer/{target}")
def transfer(source: int, target: int, amount: int):
    with Session(engine) as session:
        locked = session.scalars(select(Account).where(Account.id.in_([source, target])).order_by(Account.id).with_for_update())
        accounts = {account.id: account for account in locked}
        if accounts[source].balance < amount:
            raise HTTPException(409)
        accounts[source].balance -= amount
        accounts[target].balance += amount
        session.commit()


@app.post("/accounts/{source}/transfer-unlocked/{target}")
def transfer_unlocked(source: int, target: int, amount: int):
    with Session(engine) as session:
        found = session.scalars(select(Account).where(Account.id.in_([source, target])).order_by(Account.id))  # step MB101 read
        accounts = {account.id: account for account in found}
        if accounts[source].balance < amount:
            raise HTTPException(409)
        accounts[source].balance -= amount  # want MB101 "accounts.balance"
        accounts[target].balance += amount
        session.commit()


@app.post("/accounts/{first}/halve/{second}")
def halve(first: int, second: int):
    with Session(engine) as session:
        one, other = session.scalars(select(Account).where(Account.id.in_([first, second])).with_for_update()).all()
        if one.balance < other.balance:
            raise HTTPException(409)
        one.balance = one.balance - 1
        other.balance = other.balance + 1
        session.commit()
