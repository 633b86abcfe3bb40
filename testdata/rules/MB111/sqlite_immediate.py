"""SQLite with BEGIN IMMEDIATE: one writer at a time, so read and write are one."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("sqlite:///queue.db")


@event.listens_for(engine, "connect")
def no_driver_transactions(connection, record):
    connection.isolation_level = None


@event.listens_for(engine, "begin")
def begin_immediate(connection):
    connection.exec_driver_sql("BEGIN IMMEDIATE")


SessionLocal = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Slot(Base):
    __tablename__ = "slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/slots/{slot_id}")
def take(slot_id: int, name: str, db: Session = Depends(get_db)):
    slot = db.get(Slot, slot_id)
    if slot is None or slot.name:
        raise HTTPException(409)
    slot.name = name
    db.commit()
