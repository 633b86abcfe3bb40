"""A lock that only the other request takes: whoever decides without one is stale on every engine, and not because this one has none."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite:///berths.db"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]


class Passage(Base):
    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(primary_key=True)
    berth_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/berths/{berth_id}/confirm")
def confirm(berth_id: int, db: Session = Depends(get_db)):
    berth = db.scalars(select(Berth).where(Berth.id == berth_id).with_for_update()).first()
    if berth is None or berth.status != "held":
        raise HTTPException(409)
    db.add(Passage(berth_id=berth_id))
    berth.status = "confirmed"  # want MB111 "berths.status"
    db.commit()


@app.delete("/berths/{berth_id}")
def give_up(berth_id: int, db: Session = Depends(get_db)):
    berth = db.get(Berth, berth_id)
    if berth is None or berth.status == "confirmed":
        raise HTTPException(409)
    berth.status = "free"  # want MB107 "berths.status"
    db.commit()
