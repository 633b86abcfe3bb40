"""Rows that are added as a list: only those are made of which none was there."""

from fastapi import FastAPI
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/outings")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Outing(Base):
    __tablename__ = "outings"

    id: Mapped[int] = mapped_column(primary_key=True)


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    outing_id: Mapped[int] = mapped_column(ForeignKey("outings.id"))
    person_id: Mapped[int]


def invited(session: Session, outing_id: int) -> set[int]:
    return set(session.scalars(select(Guest.person_id).where(Guest.outing_id == outing_id)))


@app.post("/outings/{outing_id}/kept")
def kept(outing_id: int, people: list[int]):
    with Session(engine) as session:
        known = invited(session, outing_id)
        new = [person for person in people if person not in known]
        session.add_all([Guest(outing_id=outing_id, person_id=person) for person in new])  # want MB115 "guests"
        session.commit()


@app.post("/outings/{outing_id}/collected")
def collected(outing_id: int, people: list[int]):
    with Session(engine) as session:
        known = invited(session, outing_id)
        guests = []
        for person in people:
            if person in known:
                continue
            guests.append(Guest(outing_id=outing_id, person_id=person))
        session.add_all(guests)  # want MB115 "guests"
        session.commit()


@app.post("/outings/{outing_id}/locked")
def locked(outing_id: int, people: list[int]):
    with Session(engine) as session:
        session.get(Outing, outing_id, with_for_update=True)
        known = invited(session, outing_id)
        session.add_all(Guest(outing_id=outing_id, person_id=person) for person in people if person not in known)
        session.commit()
