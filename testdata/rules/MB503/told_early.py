"""Webhooks and messages about a row that is not committed yet: the receiver asks back over HTTP and finds nothing."""
from typing import Annotated

import httpx
import requests
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from redis import Redis
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/freight"))
app = FastAPI()
r = Redis()
HOOK = "https://partner.example/hooks"


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="new")


def get_db():
    """Commits when the request is over, which is after its answer."""
    db = SessionLocal()
    try:
        yield db
        db.commit()
    except Exception:
        db.rollback()
        raise
    finally:
        db.close()


DB = Annotated[Session, Depends(get_db)]
Early = Annotated[Session, Depends(get_db, scope="function")]


def plain_db():
    with SessionLocal() as db:
        yield db


Plain = Annotated[Session, Depends(plain_db)]


def tell(parcel_id: int) -> None:
    with SessionLocal() as db:
        parcel = db.get(Parcel, parcel_id)
        if parcel is not None:
            httpx.post(HOOK, json={"state": parcel.state})


@app.get("/parcels/{parcel_id}")
def show(parcel_id: int, db: Plain):
    parcel = db.get(Parcel, parcel_id)
    if parcel is None:
        raise HTTPException(404)
    return {"id": parcel.id, "state": parcel.state}


@app.post("/a/parcels")
def add_hooked(db: Plain):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    httpx.post(HOOK, json={"event": "parcel.created", "id": parcel.id})  # want MB503 "parcels"
    db.commit()


@app.post("/b/parcels")
def add_requests(db: Plain):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    notify("parcel.created", parcel.id)
    db.commit()


def notify(event: str, key: int) -> None:
    requests.post(HOOK, json={"event": event, "data": {"parcel_id": key}}, timeout=3)  # want MB503 "parcels"


@app.post("/c/parcels")
def add_teardown(db: DB):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    r.publish("parcels", str(parcel.id))  # want MB503 "parcels"
    return {"id": parcel.id}


@app.post("/d/parcels")
def add_task(db: DB, tasks: BackgroundTasks):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    tasks.add_task(tell, parcel.id)  # want MB503 "parcels"
    return {"id": parcel.id}


class Sender:
    def __init__(self) -> None:
        self.client = httpx.AsyncClient(base_url="https://partner.example")

    async def created(self, parcel_id: int) -> None:
        await self.client.post("/hooks", json={"id": parcel_id})  # want MB503 "parcels"


@app.post("/e/parcels")
async def add_sender(db: DB, sender: Annotated[Sender, Depends()]):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    await sender.created(parcel.id)
    return {"id": parcel.id}


# Sound: committed before anybody is told; the dependency's scope ends before the answer; the answer of the partner is stored.


@app.post("/v/parcels")
def add_committed(db: Plain):
    parcel = Parcel()
    db.add(parcel)
    db.commit()
    httpx.post(HOOK, json={"event": "parcel.created", "id": parcel.id})


@app.post("/w/parcels")
def add_task_early(db: Early, tasks: BackgroundTasks):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    tasks.add_task(tell, parcel.id)
    return {"id": parcel.id}


@app.post("/x/parcels")
def add_task_committed(db: DB, tasks: BackgroundTasks):
    parcel = Parcel()
    db.add(parcel)
    db.commit()
    tasks.add_task(tell, parcel.id)
    return {"id": parcel.id}


@app.post("/y/parcels")
def add_priced(db: Plain):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    answer = httpx.post("https://prices.example/quotes", json={"reference": parcel.id})
    parcel.state = answer.json()["state"]
    db.commit()


@app.post("/z/parcels")
def add_nameless(db: Plain):
    parcel = Parcel()
    db.add(parcel)
    db.flush()
    httpx.post(HOOK, json={"event": "something was created"})
    db.commit()
