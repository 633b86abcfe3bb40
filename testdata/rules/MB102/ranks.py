"""What is compared by size: the place of a word among the states of a parcel, of which nothing is spent, and an amount."""
import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
Local = sessionmaker(create_engine("postgresql+psycopg://localhost/parcels"))
RANK = {"packed": 1, "sent": 2, "brought": 3}


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    stamps: Mapped[int]


def db():
    with Local() as s:
        yield s


@app.post("/parcels/{id}/at/{status}")
def arrive(id: int, status: str, s: Session = Depends(db)):
    parcel = s.get(Parcel, id)
    if RANK.get(status, 0) < RANK.get(parcel.status, 0):  # want MB102 "a state that the new one may follow"
        return {"late": True}
    httpx.post("https://letters.example/tell", json={"parcel": id})
    parcel.status = status
    s.commit()
    return {}


@app.post("/parcels/{id}/send")
def send(id: int, stamps: int, s: Session = Depends(db)):
    parcel = s.get(Parcel, id)
    if parcel.stamps < stamps:  # want MB102 "more is spent than there was"
        raise HTTPException(409)
    s.execute(update(Parcel).where(Parcel.id == id).values(stamps=Parcel.stamps - stamps))
    s.commit()
    return {}


@app.post("/parcels/{id}/locked/{status}")
def arrive_locked(id: int, status: str, s: Session = Depends(db)):
    parcel = s.scalars(select(Parcel).where(Parcel.id == id).with_for_update()).one()
    if RANK.get(status, 0) < RANK.get(parcel.status, 0):
        return {"late": True}
    httpx.post("https://letters.example/tell", json={"parcel": id})
    parcel.status = status
    s.commit()
    return {}
