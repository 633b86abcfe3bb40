"""What was looked at is not what is written, and the last one who writes counts: there is nothing that a lock could guard, so one that does
nothing on this engine is no race. Where the number of tries is counted there is one."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite:///bells.db"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bell(Base):
    __tablename__ = "bells"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str | None]
    heard: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)


def get_db():
    with SessionLocal() as db:
        yield db


def address_of(db: Session, bell_id: int) -> str | None:
    bell = db.get(Bell, bell_id)
    return bell.address if bell else None


@app.put("/bells/{bell_id}/address")
def move(bell_id: int, address: str, db: Session = Depends(get_db)):
    bell = db.get(Bell, bell_id)
    if bell is None:
        raise HTTPException(404)
    bell.address = address
    db.commit()


@app.post("/bells/{bell_id}/ring")
def ring(bell_id: int, heard: str, db: Session = Depends(get_db)):
    if not address_of(db, bell_id):
        raise HTTPException(400)
    bell = db.scalars(select(Bell).where(Bell.id == bell_id).with_for_update()).first()
    if bell:
        bell.heard = heard
        db.commit()


@app.post("/bells/{bell_id}/tries")
def count(bell_id: int, db: Session = Depends(get_db)):
    bell = db.scalars(select(Bell).where(Bell.id == bell_id).with_for_update()).first()
    if bell is None:
        raise HTTPException(404)
    bell.tries = bell.tries + 1  # want MB111 "tries"
    db.commit()
