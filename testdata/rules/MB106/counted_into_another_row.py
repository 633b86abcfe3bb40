"""A row that is found by a token, and is counted into another row when it is taken: the second who takes it counts once more."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/lodge"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    nights: Mapped[int] = mapped_column(default=0)


class Move(Base):
    __tablename__ = "moves"

    token: Mapped[str] = mapped_column(primary_key=True)
    guest_id: Mapped[int]
    nights: Mapped[int]
    email: Mapped[str]


def get_db():
    with Local() as db:
        yield db


@app.post("/moves/{token}")
def move(token: str, db: Session = Depends(get_db)):
    found = db.query(Move).filter(Move.token == token).first()
    if found is None:
        raise HTTPException(404)
    db.delete(found)  # want MB106 "moves"
    db.query(Guest).filter(Guest.id == found.guest_id).update({"nights": Guest.nights + found.nights})
    db.commit()


@app.post("/v2/moves/{token}")
def move_once(token: str, db: Session = Depends(get_db)):
    found = db.query(Move).filter(Move.token == token).first()
    if found is None:
        raise HTTPException(404)
    if not db.query(Move).filter(Move.token == token).delete(synchronize_session=False):
        raise HTTPException(404)
    db.query(Guest).filter(Guest.id == found.guest_id).update({"nights": Guest.nights + found.nights})
    db.commit()


@app.post("/v3/moves/{token}")
def readdress(token: str, db: Session = Depends(get_db)):
    found = db.query(Move).filter(Move.token == token).first()
    if found is None:
        raise HTTPException(404)
    db.delete(found)
    db.query(Guest).filter(Guest.id == found.guest_id).update({"email": found.email})
    db.commit()
