"""A state is checked beside an amount: that something is compared by size does not make the race one about an amount."""
from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/moorings"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Mooring(Base):
    __tablename__ = "moorings"

    id: Mapped[int] = mapped_column(primary_key=True)
    left_at: Mapped[datetime | None]
    due: Mapped[int]
    status: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/moorings/{mooring_id}/remind")
def remind(mooring_id: int, db: Session = Depends(get_db)):
    mooring = db.get(Mooring, mooring_id)
    if mooring is None:
        raise HTTPException(404)
    if mooring.due <= 0:  # want MB107 "left_at|due"
        return {"owes": False}
    if mooring.left_at is not None:
        raise HTTPException(409)
    mooring.status = "reminded"
    db.commit()


@app.post("/moorings/{mooring_id}/leave")
def leave(mooring_id: int, db: Session = Depends(get_db)):
    mooring = db.get(Mooring, mooring_id)
    if mooring is None:
        raise HTTPException(404)
    mooring.left_at = datetime.now()
    mooring.status = "gone"
    db.commit()
