"""Places in a list move up: a number computed from the old one. No row is picked to be worked on."""

from fastapi import FastAPI
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/playlist")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Track(Base):
    __tablename__ = "tracks"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    title: Mapped[str]


@app.post("/tracks/shift")
def shift(by: int):
    with Session(engine) as session:
        for track in session.scalars(select(Track).where(Track.place >= 3)):  # step MB101 read
            track.place = track.place + by  # want MB101 "tracks.place"
        session.commit()


@app.post("/tracks/shift-in-one")
def shift_in_one(by: int):
    with Session(engine) as session:
        session.execute(update(Track).where(Track.place >= 3).values(place=Track.place + by))
        session.commit()
