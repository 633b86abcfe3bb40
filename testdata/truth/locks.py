"""Locks and read-modify-write: rows L0 to L21."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.orm import Session

from store import Account, AutocommitDB, Branch, DB, KeepingDB, Payment, SessionLocal, engine

router = APIRouter(prefix="/accounts/{account_id}")
PRICE = 80


def refuse() -> HTTPException:
    return HTTPException(409, "not enough")


# truth L0: race race race / error error race sound
@router.post("/l0")
def pay_unlocked(account_id: int, db: DB):
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L1: race race race / error error race sound
@router.post("/l1")
def pay_in_transaction(account_id: int):
    with SessionLocal() as db, db.begin():
        account = db.get(Account, account_id)
        if account.balance < PRICE:
            raise refuse()
        account.balance = account.balance - PRICE  # act
        db.add(Payment(account_id=account_id, cents=PRICE))
    return {"ok": True}


# truth L2: race race race / error error race sound
@router.post("/l2")
def pay_refreshed(account_id: int, db: DB):
    account = db.get(Account, account_id)
    db.refresh(account)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


def loaded(account_id: int, db: DB) -> Account:
    account = db.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    return account


Loaded = Annotated[Account, Depends(loaded)]


# truth L3: race race race / error error race sound
@router.post("/l3")
def pay_locked_late(account: Loaded, db: DB):
    locked = db.execute(select(Account).where(Account.id == account.id).with_for_update()).scalar_one()  # act
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE
    db.add(Payment(account_id=locked.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L4: sound sound race / error error sound sound
@router.post("/l4")
def pay_populated(account: Loaded, db: DB):
    query = select(Account).where(Account.id == account.id).with_for_update()
    locked = db.execute(query.execution_options(populate_existing=True)).scalar_one()
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE  # act
    db.add(Payment(account_id=locked.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L5: race race race / error error race sound
@router.post("/l5")
def pay_got_late(account: Loaded, db: DB):
    locked = db.get(Account, account.id, with_for_update=True)  # act
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE
    db.add(Payment(account_id=locked.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L5b: sound sound race / error error sound sound
@router.post("/l5b")
def pay_got_populated(account: Loaded, db: DB):
    locked = db.get(Account, account.id, with_for_update=True, populate_existing=True)
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE  # act
    db.add(Payment(account_id=locked.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L6: sound sound race / error error sound sound
@router.post("/l6")
def pay_refreshed_locked(account: Loaded, db: DB):
    db.refresh(account, with_for_update=True)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L7: sound sound race / error error sound sound
@router.post("/l7")
def pay_locked_first(account_id: int, db: DB):
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L8: sound sound race / error error sound sound
@router.post("/l8")
def pay_expired(account_id: int, account: Loaded, db: DB):
    db.expire_all()
    locked = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L8b: race race race / error error race sound
@router.post("/l8b")
def pay_expired_and_read(account: Loaded, db: DB):
    db.expire_all()
    query = select(Account).where(Account.id == account.id).with_for_update()
    locked = db.scalars(query).one()  # act
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE
    db.add(Payment(account_id=locked.id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L9: race race race / race race race race
@router.post("/l9")
def pay_kept(account_id: int, db: KeepingDB):
    account = db.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    db.commit()
    locked = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()  # act
    if locked.balance < PRICE:
        raise refuse()
    locked.balance = locked.balance - PRICE
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L10: sound sound race / error error sound sound
@router.post("/l10")
def pay_by_column(account_id: int, db: DB):
    before = db.scalar(select(Account.balance).where(Account.id == account_id))
    if before is None:
        raise HTTPException(404)
    balance = db.scalar(select(Account.balance).where(Account.id == account_id).with_for_update())
    if balance < PRICE:
        raise refuse()
    account = db.get(Account, account_id)
    account.balance = balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L11: race race race / error error race sound
@router.post("/l11")
def pay_id_locked(account: Loaded, account_id: int, db: DB):
    db.execute(select(Account.id).where(Account.id == account_id).with_for_update())  # act
    again = db.scalars(select(Account).where(Account.id == account_id)).one()
    if again.balance < PRICE:
        raise refuse()
    again.balance = again.balance - PRICE
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L12: sound race race / error error sound sound
@router.post("/l12")
def pay_id_locked_predicate(account: Loaded, account_id: int, db: DB):
    db.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    enough = select(Account.id).where(Account.id == account_id, Account.balance >= PRICE)
    if db.scalar(enough) is None:
        raise refuse()
    db.execute(text("UPDATE accounts SET balance = balance - 80 WHERE id = :id"), {"id": account_id})  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L14: race race race / race race race race
@router.post("/l14")
def pay_after_commit(account_id: int, db: DB):
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if account.balance < PRICE:
        raise refuse()
    db.commit()
    account.balance = Account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L15: race race race / race race race race
@router.post("/l15")
def pay_locked_elsewhere(account_id: int, db: DB):
    with SessionLocal() as other:
        account = other.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
        balance = account.balance
    if balance < PRICE:
        raise refuse()
    mine = db.get(Account, account_id)  # act
    mine.balance = balance - PRICE
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


def branch_lock(account_id: int) -> Iterator[None]:
    with SessionLocal() as locking:
        branch_id = locking.scalar(select(Account.branch_id).where(Account.id == account_id))
        locking.execute(select(Branch.id).where(Branch.id == branch_id).with_for_update())
        yield


# truth L15b: sound sound race / sound sound sound -
@router.post("/l15b", dependencies=[Depends(branch_lock)])
def pay_under_branch_lock(account_id: int, db: DB):
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L16: race race race / race race race -
@router.post("/l16")
def pay_autocommitting(account_id: int, db: AutocommitDB):
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L17: race sound race / error error sound sound
@router.post("/l17")
def pay_other_locked(account_id: int, db: DB):
    query = select(Account).join(Branch, Account.branch_id == Branch.id).where(Account.id == account_id)
    account = db.scalars(query.with_for_update(of=Branch)).one()
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L18: error error race / error error error sound
@router.post("/l18")
def pay_shared(account_id: int, db: DB):
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update(read=True)).one()
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


counter = threading.Lock()


# truth L19: race race race / error error race sound
@router.post("/l19")
def pay_in_process_lock(account_id: int, db: DB):
    with counter:
        account = db.get(Account, account_id)
        if account.balance < PRICE:
            raise refuse()
        account.balance = account.balance - PRICE
        db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()  # act
    return {"ok": True}


# truth L20: sound - - / error error - -
@router.post("/l20")
def pay_advisory(account_id: int, db: DB):
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": account_id})
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L20b: race - - / error error - -
@router.post("/l20b")
def pay_advisory_elsewhere(account_id: int, request: Request, db: DB):
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": request.client.port})  # the caller, not the account
    account = db.get(Account, account_id)
    if account.balance < PRICE:
        raise refuse()
    account.balance = account.balance - PRICE  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


# truth L21: sound - - / error error - -
@router.post("/l21")
def pay_advisory_late(account_id: int, db: DB):
    if db.scalar(select(Account.branch_id).where(Account.id == account_id)) is None:
        raise HTTPException(404)
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": account_id})
    balance = db.scalar(select(Account.balance).where(Account.id == account_id))
    if balance < PRICE:
        raise refuse()
    db.execute(text("UPDATE accounts SET balance = :b WHERE id = :id"), {"b": balance - PRICE, "id": account_id})  # act
    db.add(Payment(account_id=account_id, cents=PRICE))
    db.commit()
    return {"ok": True}


@contextmanager
def named_lock(connection: Connection, key: str) -> Iterator[None]:
    connection.execute(text("SELECT GET_LOCK(:key, 10)"), {"key": key})
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:key)"), {"key": key})


# truth L20m: - sound - / - - sound -
@router.post("/l20m")
def pay_named(account_id: int):
    with engine.connect() as connection, named_lock(connection, f"account-{account_id}"):
        with Session(connection) as db:
            account = db.get(Account, account_id)
            if account.balance < PRICE:
                raise refuse()
            account.balance = account.balance - PRICE  # act
            db.add(Payment(account_id=account_id, cents=PRICE))
            db.commit()
    return {"ok": True}


# truth L21m: - race - / - - sound -
@router.post("/l21m")
def pay_named_late(account_id: int):
    with engine.connect() as connection:
        if connection.scalar(select(Account.branch_id).where(Account.id == account_id)) is None:
            raise HTTPException(404)
        with named_lock(connection, f"account-{account_id}"):  # act
            balance = connection.scalar(select(Account.balance).where(Account.id == account_id))
            if balance < PRICE:
                raise refuse()
            connection.execute(update(Account).where(Account.id == account_id).values(balance=balance - PRICE))
            connection.execute(insert(Payment).values(account_id=account_id, cents=PRICE))
            connection.commit()
    return {"ok": True}
