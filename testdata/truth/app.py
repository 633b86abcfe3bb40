"""The truth matrix as an application: one path operation a row, and what is needed to make and to look at a resource.

`# truth ROW: POSTGRESQL MYSQL SQLITE` above an operation says what two simultaneous requests of it may do: `race` (both
win), `error` (the engine refuses one), `sound`; `-` where the row cannot be written for an engine. `# act` marks the line
before which a request is held.
"""

from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from sqlalchemy import func, select

from inserts import router as inserts
from locks import router as locks
from store import DB, Account, Base, Branch, Grant, Guarded, Job, Label, Owner, Payment, Pet, Token, Versioned, engine
from writes import router as writes


@asynccontextmanager
async def lifespan(app: FastAPI):
    Base.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(locks)
app.include_router(writes)
app.include_router(inserts)


@app.post("/accounts", status_code=201)
def create_account(db: DB):
    branch = Branch()
    db.add(branch)
    db.flush()
    account = Account(balance=100, branch_id=branch.id)
    db.add(account)
    db.commit()
    return {"id": account.id, "balance": account.balance}


@app.get("/accounts/{account_id}")
def read_account(account_id: int, db: DB):
    account = db.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    paid = db.scalar(select(func.count()).where(Payment.account_id == account_id))
    return {"id": account.id, "balance": account.balance, "payments": paid}


@app.post("/guarded", status_code=201)
def create_guarded(db: DB):
    account = Guarded(balance=100)
    db.add(account)
    db.commit()
    return {"id": account.id, "balance": account.balance}


@app.get("/guarded/{guarded_id}")
def read_guarded(guarded_id: int, db: DB):
    account = db.get(Guarded, guarded_id)
    if account is None:
        raise HTTPException(404)
    paid = db.scalar(select(func.count()).where(Payment.account_id == -guarded_id))
    return {"id": account.id, "balance": account.balance, "payments": paid}


@app.post("/versioned", status_code=201)
def create_versioned(db: DB):
    account = Versioned(balance=100)
    db.add(account)
    db.commit()
    return {"id": account.id, "balance": account.balance}


@app.get("/versioned/{versioned_id}")
def read_versioned(versioned_id: int, db: DB):
    account = db.get(Versioned, versioned_id)
    if account is None:
        raise HTTPException(404)
    return {"id": account.id, "balance": account.balance}


@app.post("/tokens", status_code=201)
def create_token(db: DB):
    token = Token(account_id=0)
    db.add(token)
    db.commit()
    return {"id": token.id}


@app.get("/tokens/{token_id}")
def read_token(token_id: int, db: DB):
    grants = db.scalar(select(func.count()).where(Grant.token_id == token_id))
    return {"id": token_id, "there": db.get(Token, token_id) is not None, "grants": grants}


@app.post("/owners", status_code=201)
def create_owner(db: DB):
    owner = Owner()
    db.add(owner)
    db.commit()
    return {"id": owner.id}


@app.get("/owners/{owner_id}")
def read_owner(owner_id: int, db: DB):
    pets = db.scalar(select(func.count()).where(Pet.owner_id == owner_id))
    labels = db.scalar(select(func.count()).where(Label.owner_id == owner_id))
    return {"id": owner_id, "pets": pets, "labels": labels}


@app.post("/queues", status_code=201)
def create_queue(db: DB):
    job = Job(queue=0)
    db.add(job)
    db.flush()
    job.queue = job.id
    db.commit()
    return {"id": job.queue}


@app.get("/queues/{queue_id}")
def read_queue(queue_id: int, db: DB):
    job = db.scalars(select(Job).where(Job.queue == queue_id)).first()
    if job is None:
        raise HTTPException(404)
    return {"id": queue_id, "state": job.state, "runs": job.runs}
