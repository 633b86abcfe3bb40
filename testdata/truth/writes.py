"""Atomic writes: rows W1 to W12."""

from fastapi import APIRouter, HTTPException
from sqlalchemy import delete, func, select, update

from store import Account, DB, Grant, Guarded, Job, Owner, Payment, Pet, Token, Versioned

router = APIRouter()
PRICE = 80


def refuse() -> HTTPException:
    return HTTPException(409, "not enough")


# truth W1: sound sound sound / error error sound sound gap=postgresql-repeatable,postgresql-serializable
@router.post("/accounts/{account_id}/w1")
def pay_guarded(account_id: int, db: DB):
    statement = update(Account).where(Account.id == account_id, Account.balance >= PRICE)
    if db.execute(statement.values(balance=Account.balance - PRICE)).rowcount == 0:  # act
        raise refuse()
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth W1r: sound - sound / error error - sound gap=postgresql-repeatable,postgresql-serializable
@router.post("/accounts/{account_id}/w1r")
def pay_returning(account_id: int, db: DB):
    statement = update(Account).where(Account.id == account_id, Account.balance >= PRICE)
    left = db.scalar(statement.values(balance=Account.balance - PRICE).returning(Account.balance))  # act
    if left is None:
        raise refuse()
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"left": left}


# truth W2: race race race / error error race sound
@router.post("/accounts/{account_id}/w2")
def pay_relative(account_id: int, db: DB):
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    db.execute(update(Account).where(Account.id == account_id).values(balance=Account.balance - PRICE))  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth W3: error error error / error error error sound
@router.post("/guarded/{guarded_id}/w3")
def pay_checked_relative(guarded_id: int, db: DB):
    account = db.get(Guarded, guarded_id)
    if account.balance < PRICE:
        raise refuse()
    db.execute(update(Guarded).where(Guarded.id == guarded_id).values(balance=Guarded.balance - PRICE))  # act
    db.add(Payment(account_id=-guarded_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth W4: race race race / error error race sound
@router.post("/guarded/{guarded_id}/w4")
def pay_checked_absolute(guarded_id: int, db: DB):
    account = db.get(Guarded, guarded_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=-guarded_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth W5: race race race / error error race sound
@router.post("/accounts/{account_id}/w5")
def pay_unlooked(account_id: int, db: DB):
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    statement = update(Account).where(Account.id == account_id, Account.balance >= PRICE)
    db.execute(statement.values(balance=Account.balance - PRICE))  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth W6: error error error / error error error sound
@router.post("/versioned/{versioned_id}/w6")
def pay_versioned(versioned_id: int, db: DB):
    account = db.get(Versioned, versioned_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.commit()
    return {"ok": True}


# truth W6b: race race race / error error race sound rival=POST:/versioned/{versioned_id}/bulk
@router.post("/versioned/{versioned_id}/w6b")
def pay_versioned_past_bulk(versioned_id: int, db: DB):
    account = db.get(Versioned, versioned_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.commit()
    return {"ok": True}


# with W6b
@router.post("/versioned/{versioned_id}/bulk")
def pay_bulk(versioned_id: int, db: DB):
    statement = update(Versioned).where(Versioned.id == versioned_id, Versioned.balance >= PRICE)
    if db.execute(statement.values(balance=Versioned.balance - PRICE)).rowcount == 0:
        raise refuse()
    db.commit()
    return {"ok": True}


# truth W7: race race race / error error race sound
@router.post("/tokens/{token_id}/w7")
def use_deleted(token_id: int, db: DB):
    token = db.get(Token, token_id)
    if token is None:
        raise refuse()
    db.delete(token)  # act
    db.add(Grant(token_id=token_id))
    db.commit()
    return {"ok": True}


# truth W8: race race race / error error race sound
@router.post("/tokens/{token_id}/w8")
def use_unlooked(token_id: int, db: DB):
    if db.scalar(select(Token.id).where(Token.id == token_id)) is None:
        raise refuse()
    db.execute(delete(Token).where(Token.id == token_id))  # act
    db.add(Grant(token_id=token_id))
    db.commit()
    return {"ok": True}


# truth W9: sound sound sound / error error sound sound gap=postgresql-repeatable,postgresql-serializable
@router.post("/tokens/{token_id}/w9")
def use_claimed(token_id: int, db: DB):
    if db.execute(delete(Token).where(Token.id == token_id)).rowcount == 0:  # act
        raise refuse()
    db.add(Grant(token_id=token_id))
    db.commit()
    return {"ok": True}


# truth W10: race sound sound / error error sound sound gap=postgresql,postgresql-repeatable,postgresql-serializable
@router.post("/owners/{owner_id}/w10")
def adopt_by_subquery(owner_id: int, db: DB):
    many = select(func.count()).where(Pet.owner_id == owner_id).scalar_subquery()
    claimed = db.execute(update(Owner).where(Owner.id == owner_id, many < 1).values(pets=Owner.pets - 1))
    if claimed.rowcount == 0:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth W11: race race race / error error race sound
@router.post("/queues/{queue_id}/w11")
def take_job(queue_id: int, db: DB):
    job = db.scalars(select(Job).where(Job.queue == queue_id, Job.state == "pending").limit(1)).first()
    if job is None:
        raise refuse()
    job.state = "running"  # act
    job.runs = Job.runs + 1
    db.commit()
    return {"job": job.id}


# truth W12: sound sound race / sound sound sound sound
@router.post("/queues/{queue_id}/w12")
def take_unlocked_job(queue_id: int, db: DB):
    pending = select(Job).where(Job.queue == queue_id, Job.state == "pending").limit(1)
    job = db.scalars(pending.with_for_update(skip_locked=True)).first()
    if job is None:
        raise refuse()
    job.state = "running"  # act
    job.runs = Job.runs + 1
    db.commit()
    return {"job": job.id}
