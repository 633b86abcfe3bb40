"""Who locks the hive that a comb hangs in locks it for everybody who looks at its combs, by whichever name the hive goes. Another hive is another matter."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/apiary"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hive(Base):
    __tablename__ = "hives"

    id: Mapped[int] = mapped_column(primary_key=True)


class Comb(Base):
    __tablename__ = "combs"

    id: Mapped[int] = mapped_column(primary_key=True)
    hive_id: Mapped[int] = mapped_column(ForeignKey("hives.id"))
    state: Mapped[str]
    honey: Mapped[int]


class Frame(Base):
    __tablename__ = "frames"

    id: Mapped[int] = mapped_column(primary_key=True)
    hive_id: Mapped[int] = mapped_column(ForeignKey("hives.id"))
    spare_id: Mapped[int] = mapped_column(ForeignKey("hives.id"))
    state: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/combs/{comb_id}/harvest")
def harvest(comb_id: int, db: DB):
    comb = db.get_one(Comb, comb_id)
    db.get_one(Hive, comb.hive_id, with_for_update=True)
    db.refresh(comb)
    if comb.state != "full":
        raise HTTPException(409)
    comb.state = "empty"
    db.commit()


@app.post("/hives/{hive_id}/combs/{comb_id}/mend")
def mend(hive_id: int, comb_id: int, db: DB):
    db.get_one(Hive, hive_id, with_for_update=True)
    comb = db.scalar(select(Comb).where(Comb.id == comb_id, Comb.hive_id == hive_id))
    if comb is None or comb.state != "full":
        raise HTTPException(409)
    comb.state = "mended"
    db.commit()


@app.post("/hives/{hive_id}/harvest")
def harvest_all(hive_id: int, db: DB):
    hive = db.get_one(Hive, hive_id, with_for_update=True)
    for comb in db.scalars(select(Comb).where(Comb.hive_id == hive.id)):
        if comb.state == "full":
            comb.state = "empty"
            comb.honey += 1
    db.commit()


@app.post("/hives/{hive_id}/combs")
def hang(hive_id: int, db: DB):
    db.get_one(Hive, hive_id, with_for_update=True)
    if db.scalar(select(func.count()).select_from(Comb).where(Comb.hive_id == hive_id, Comb.state != "lost")) >= 10:
        raise HTTPException(409)
    db.add(Comb(hive_id=hive_id, state="empty", honey=0))
    db.commit()


@app.post("/frames/{frame_id}/take")
def take(frame_id: int, db: DB):
    frame = db.get_one(Frame, frame_id)
    db.get_one(Hive, frame.spare_id, with_for_update=True)
    db.refresh(frame)
    if frame.state != "free":  # want MB107 "both pass the check"
        raise HTTPException(409)
    frame.state = "taken"
    db.commit()


@app.post("/hives/{hive_id}/frames")
def take_all(hive_id: int, db: DB):
    hive = db.get_one(Hive, hive_id, with_for_update=True)
    for frame in db.scalars(select(Frame).where(Frame.hive_id == hive.id)):
        if frame.state == "free":  # want MB107 "both pass the check"
            frame.state = "kept"
    db.commit()
