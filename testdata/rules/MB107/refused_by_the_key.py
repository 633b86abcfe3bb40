"""A row that is got by its primary key, and another one whose unique key is made of that: the database refuses the second."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/polls"), autoflush=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Delegate(Base):
    __tablename__ = "delegates"

    id: Mapped[int] = mapped_column(primary_key=True)
    has_voted: Mapped[bool] = mapped_column(default=False)


class Ballot(Base):
    __tablename__ = "ballots"

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), unique=True)
    choice: Mapped[int]


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    has_voted: Mapped[bool] = mapped_column(default=False)


class Slip(Base):
    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guests.id"))
    choice: Mapped[int]


def get_db():
    with make_session() as db:
        yield db


@app.post("/ballots")
def vote(delegate_id: int, choice: int, db: Session = Depends(get_db)):
    delegate = db.get(Delegate, delegate_id)
    if delegate is None or delegate.has_voted:
        raise HTTPException(409)
    try:
        db.add(Ballot(delegate_id=delegate_id, choice=choice))
        db.flush()
        delegate.has_voted = True
        db.commit()
    except IntegrityError as error:
        raise HTTPException(409) from error


@app.post("/slips")
def vote_as_guest(guest_id: int, choice: int, db: Session = Depends(get_db)):
    guest = db.get(Guest, guest_id)
    if guest is None or guest.has_voted:  # want MB107 "guests.has_voted"
        raise HTTPException(409)
    db.add(Slip(guest_id=guest_id, choice=choice))
    db.flush()
    guest.has_voted = True
    db.commit()
