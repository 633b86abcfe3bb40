"""Which state may follow which stands in a table of the program: what the row says is looked up there, and the row is what is checked."""
import enum
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/freight"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class State(str, enum.Enum):
    PACKED = "packed"
    SENT = "sent"
    LOST = "lost"


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State]


class Claim(Base):
    __tablename__ = "claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int]
    cents: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]

NEXT: dict[State, set[State]] = {State.PACKED: {State.SENT}, State.SENT: {State.LOST}, State.LOST: set()}


def step(crate: Crate, to: State):
    if to not in NEXT[crate.state]:  # want MB107 "crates.state"
        raise HTTPException(409)
    crate.state = to


def step_by_get(crate: Crate, to: State):
    allowed = NEXT.get(crate.state, set())
    if to not in allowed:  # want MB107 "crates.state"
        raise HTTPException(409)
    crate.state = to


@app.post("/crates/{id}/lost")
def lost(id: int, cents: int, db: DB):
    step(db.get(Crate, id), State.LOST)
    db.add(Claim(crate_id=id, cents=cents))
    db.commit()


@app.post("/crates/{id}/missed")
def missed(id: int, cents: int, db: DB):
    step_by_get(db.get(Crate, id), State.LOST)
    db.add(Claim(crate_id=id, cents=cents))
    db.commit()


@app.post("/crates/{id}/lost-locked")
def locked(id: int, cents: int, db: DB):
    step(db.get(Crate, id, with_for_update=True), State.LOST)
    db.add(Claim(crate_id=id, cents=cents))
    db.commit()
