"""Dependencies that validate, and validators in the manner of Pydantic 1."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, model_validator, root_validator, validator
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/clubs")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Club(Base):
    __tablename__ = "clubs"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    seats: Mapped[int]


class Court(Base):
    __tablename__ = "courts"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    free: Mapped[int]


class Coach(Base):
    __tablename__ = "coaches"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


class Locker(Base):
    __tablename__ = "lockers"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]


class Rack(Base):
    __tablename__ = "racks"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


class ClubIn(BaseModel):
    slug: str
    seats: int

    @root_validator(pre=False, skip_on_failure=True)
    def free_slug(cls, values):
        with Session(engine) as session:
            if session.scalar(select(Club.id).where(Club.slug == values["slug"])):  # step MB601 check
                raise ValueError("slug is taken")
        return values


class CourtIn(BaseModel):
    code: str

    @validator("code")
    def free_code(cls, v):
        with Session(engine) as session:
            if session.query(Court).filter(Court.code == v).first() is not None:  # step MB601 check
                raise ValueError("code is taken")
        return v


@app.post("/clubs")
def add_club(body: ClubIn, db: DB):
    db.add(Club(slug=body.slug, seats=body.seats))  # want MB601 "clubs"
    db.commit()


@app.post("/courts")
def add_court(body: CourtIn, db: DB):
    db.add(Court(code=body.code))  # want MB601 "courts"
    db.commit()


class RackIn(BaseModel):
    label: str

    @model_validator(mode="before")
    @classmethod
    def free_label(cls, data):
        with Session(engine) as session:
            if session.scalar(select(Rack.id).where(Rack.label == data.get("label"))):  # step MB601 check
                raise ValueError("label is taken")
        return data


@app.post("/racks")
def add_rack(body: RackIn, db: DB):
    db.add(Rack(label=body.label))  # want MB601 "racks"
    db.commit()


class LockerIn(BaseModel):
    number: str


def valid_locker(body: LockerIn, db: DB) -> LockerIn:
    if db.scalar(select(Locker.id).where(Locker.number == body.number)):  # step MB103 check
        raise HTTPException(409)
    return body


@app.post("/lockers")
def add_locker(body: Annotated[LockerIn, Depends(valid_locker)], db: DB):
    db.add(Locker(number=body.number))  # want MB103 "lockers"
    db.commit()


def valid_club_id(club_id: int, db: DB) -> int:
    club = db.get(Club, club_id)
    if club is None:
        raise HTTPException(404)
    if club.seats < 1:  # step MB102 check
        raise HTTPException(409, "full")
    return club_id


@app.post("/clubs/{club_id}/join")
def join(club_id: Annotated[int, Depends(valid_club_id)], db: DB):
    db.execute(update(Club).where(Club.id == club_id).values(seats=Club.seats - 1))  # want MB102 "seats"
    db.commit()


class BookableCourt:
    def __init__(self, court_id: int, db: DB) -> None:
        court = db.get(Court, court_id)
        if court is None or court.free == 0:  # step MB101 check
            raise HTTPException(409)
        self.court = court


@app.post("/courts/{court_id}/book")
def book(bookable: Annotated[BookableCourt, Depends()], db: DB):
    bookable.court.free = bookable.court.free - 1  # want MB101 "free"
    db.commit()


# Sound: the write repeats the question, the constraint answers it, or nothing that can change was asked.


@app.post("/v2/clubs/{club_id}/join")
def join_guarded(club_id: Annotated[int, Depends(valid_club_id)], db: DB):
    taken = db.execute(update(Club).where(Club.id == club_id, Club.seats > 0).values(seats=Club.seats - 1))
    if taken.rowcount != 1:
        raise HTTPException(409)
    db.commit()


class CoachIn(BaseModel):
    email: str

    @validator("email")
    def new(cls, v):
        with Session(engine) as session:
            if session.scalar(select(Coach.id).where(Coach.email == v)):
                raise ValueError("registered")
        return v


@app.post("/coaches")
def add_coach(body: CoachIn, db: DB):
    db.add(Coach(email=body.email))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None


def valid_page(page: int = 1) -> int:
    if page < 1:
        raise HTTPException(422)
    return page


@app.get("/clubs")
def clubs(page: Annotated[int, Depends(valid_page)], db: DB):
    return db.scalars(select(Club.slug).offset(page * 20)).all()


def existing_locker(locker_id: int, db: DB) -> int:
    if db.get(Locker, locker_id) is None:
        raise HTTPException(404)
    return locker_id


@app.delete("/lockers/{locker_id}")
def drop_locker(locker_id: Annotated[int, Depends(existing_locker)], db: DB):
    db.execute(delete(Locker).where(Locker.id == locker_id))
    db.commit()


def locked_club(club_id: int, db: DB) -> Club:
    club = db.get(Club, club_id, with_for_update=True)
    if club is None or club.seats < 1:
        raise HTTPException(409)
    return club


@app.post("/v3/clubs/{club_id}/join")
def join_locked(club: Annotated[Club, Depends(locked_club)], db: DB):
    club.seats -= 1
    db.commit()
