"""What a session is given by name is what it is given in place."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/harbour"))


class Base(DeclarativeBase):
    pass


class Pilot(Base):
    __tablename__ = "pilots"

    id: Mapped[int] = mapped_column(primary_key=True)
    badge: Mapped[str]


class Tug(Base):
    __tablename__ = "tugs"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sign: Mapped[str] = mapped_column(unique=True)


class Mooring(Base):
    __tablename__ = "moorings"

    id: Mapped[int] = mapped_column(primary_key=True)
    berth: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


app = FastAPI()


@app.post("/pilots")
def hire(badge: str, db: Session = Depends(get_db)):
    if db.scalar(statement=select(Pilot).where(Pilot.badge == badge)):
        raise HTTPException(409)
    db.add(instance=Pilot(badge=badge))  # want MB103 "badge"
    db.commit()


@app.post("/moorings")
def moor(berth: str, db: Session = Depends(get_db)):
    if db.scalar(statement=select(Mooring).where(Mooring.berth == berth)):
        raise HTTPException(409)
    db.add_all(instances=[Mooring(berth=berth)])  # want MB103 "berth"
    db.commit()


@app.post("/tugs")
def launch(call_sign: str, db: Session = Depends(get_db)):
    db.add(instance=Tug(call_sign=call_sign))
    db.commit()
