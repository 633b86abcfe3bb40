"""Who gives back a place makes nobody find the place taken: only one who takes it at the same time does."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Pier(Base):
    __tablename__ = "piers"

    id: Mapped[int] = mapped_column(primary_key=True)


class Mooring(Base):
    __tablename__ = "moorings"

    id: Mapped[int] = mapped_column(primary_key=True)
    pier_id: Mapped[int] = mapped_column(ForeignKey("piers.id"))
    boat: Mapped[str | None]
    state: Mapped[str]


class Buoy(Base):
    __tablename__ = "buoys"

    id: Mapped[int] = mapped_column(primary_key=True)
    pier_id: Mapped[int] = mapped_column(ForeignKey("piers.id"))
    boat: Mapped[str | None]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/piers/{pier_id}/moorings")
def moor(pier_id: int, boat: str, db: Session = Depends(get_db)):
    db.execute(select(Pier.id).where(Pier.id == pier_id).with_for_update()).one()
    mooring = db.scalar(select(Mooring).where(Mooring.pier_id == pier_id, Mooring.boat == boat))
    if mooring and mooring.state != "left":
        raise HTTPException(409)
    db.add(Mooring(pier_id=pier_id, boat=boat, state="moored"))
    db.commit()


@app.post("/moorings/{mooring_id}/leave")
def leave(mooring_id: int, db: Session = Depends(get_db)):
    mooring = db.get(Mooring, mooring_id)
    mooring.state = "left"
    mooring.boat = None
    db.commit()


@app.post("/piers/{pier_id}/clear")
def clear(pier_id: int, db: Session = Depends(get_db)):
    for mooring in db.scalars(select(Mooring).where(Mooring.pier_id == pier_id)):
        mooring.state = "left"
        mooring.boat = None
    db.commit()


@app.post("/piers/{pier_id}/buoys")
def tie(pier_id: int, boat: str, db: Session = Depends(get_db)):
    if db.scalar(select(Buoy).where(Buoy.pier_id == pier_id, Buoy.boat == boat)) is not None:  # want MB103 "buoys"
        raise HTTPException(409)
    db.add(Buoy(pier_id=pier_id, boat=boat))
    db.commit()
