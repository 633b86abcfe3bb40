"""A transaction that ends between look and write splits them, also where it held a lock. Where what is written is not what was looked at
there was nothing to hold, with the lock and without it; where a state is changed there was."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/looms"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loom(Base):
    __tablename__ = "looms"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str | None]
    seen: Mapped[str | None]
    state: Mapped[str]


class Spool(Base):
    __tablename__ = "spools"

    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


def wind(db: Session, spool_id: int, left: str):
    spool = db.scalars(select(Spool).where(Spool.id == spool_id).with_for_update()).one()
    spool.left = left
    db.commit()


def address_of(db: Session, loom_id: int) -> str | None:
    loom = db.get(Loom, loom_id)
    return loom.address if loom else None


@app.put("/looms/{loom_id}/address")
def move(loom_id: int, address: str, db: Session = Depends(get_db)):
    loom = db.get(Loom, loom_id)
    if loom is None:
        raise HTTPException(404)
    loom.address = address
    db.commit()


@app.post("/looms/{loom_id}/look")
def look(loom_id: int, spool_id: int, seen: str, db: Session = Depends(get_db)):
    if not address_of(db, loom_id):
        raise HTTPException(404)
    wind(db, spool_id, seen)
    loom = db.get(Loom, loom_id)
    if loom:
        loom.seen = seen
        db.commit()


@app.post("/looms/{loom_id}/start")
def start(loom_id: int, spool_id: int, db: Session = Depends(get_db)):
    loom = db.scalars(select(Loom).where(Loom.id == loom_id)).first()
    if loom is None:
        raise HTTPException(404)
    if loom.state != "stopped":
        raise HTTPException(409)
    wind(db, spool_id, "none")
    loom.state = "running"  # want MB117 "state"
    db.commit()
