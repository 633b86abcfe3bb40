"""engine: postgresql. SQLAlchemy, where the database computes, hands out what it computed, or compares."""
import os

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

DSN = os.environ.get("STORE_DB", "postgresql://localhost/mills")
engine = create_engine(DSN.replace("postgresql://", "postgresql+psycopg://"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Mill(Base):
    __tablename__ = "mills"

    id: Mapped[int] = mapped_column(primary_key=True)
    sacks: Mapped[int] = mapped_column(default=0)
    tickets: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="idle")


with engine.begin() as setup:
    Base.metadata.create_all(setup)


def get_db():
    with Session(engine) as session:
        yield session


def load(db: Session, mill_id: int) -> Mill:
    mill = db.get(Mill, mill_id)
    if mill is None:
        raise HTTPException(404)
    return mill


@app.post("/mills", status_code=201)
def create_mill(db: Session = Depends(get_db)):
    mill = Mill()
    db.add(mill)
    db.commit()
    return {"id": mill.id, "state": mill.state}


@app.get("/mills/{mill_id}")
def read_mill(mill_id: int, db: Session = Depends(get_db)):
    mill = load(db, mill_id)
    return {"id": mill.id, "sacks": mill.sacks, "tickets": mill.tickets, "state": mill.state}


@app.post("/mills/{mill_id}/fill")
def fill_mill(mill_id: int, db: Session = Depends(get_db)):
    mill = load(db, mill_id)
    mill.sacks += 1
    db.commit()
    return {"ok": True}


@app.post("/mills/{mill_id}/ticket")
def ticket_mill(mill_id: int, db: Session = Depends(get_db)):
    mill = load(db, mill_id)
    mill.tickets = mill.tickets + 1
    db.commit()
    return {"number": mill.tickets}


@app.post("/mills/{mill_id}/start")
def start_mill(mill_id: int, db: Session = Depends(get_db)):
    mill = db.scalars(select(Mill).where(Mill.id == mill_id)).one()
    if mill.state != "idle" and mill.state != "ready":
        raise HTTPException(409)
    mill.state = "running"
    db.commit()
    return {"ok": True}
