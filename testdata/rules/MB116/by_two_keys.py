"""Rows that are named by two columns: two keepers of one shelter are two rows, though both have the shelter in their key."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

maker = sessionmaker(create_engine("postgresql+psycopg://shelter@db/shelter"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Keyholder(Base):
    __tablename__ = "keyholders"
    shelter_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[str]


class Treasurer(Base):
    __tablename__ = "treasurers"
    shelter_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[str]


def session():
    with maker() as s:
        yield s


def chiefs(s: Session, shelter_id: int) -> list[Keyholder]:
    return list(s.scalars(select(Keyholder).where(Keyholder.shelter_id == shelter_id, Keyholder.rank == "chief")))


@app.delete("/shelters/{shelter_id}/keyholders/{person_id}")
def dismiss(shelter_id: int, person_id: int, s: Session = Depends(session)):
    heads = chiefs(s, shelter_id)
    if len(heads) < 2 and any(h.person_id == person_id for h in heads):  # step MB116 check
        raise HTTPException(409)
    s.execute(delete(Keyholder).where(Keyholder.shelter_id == shelter_id, Keyholder.person_id == person_id))  # want MB116 "keyholders"
    s.commit()


@app.post("/shelters/{shelter_id}/treasurers/{person_id}/resign")
def resign(shelter_id: int, person_id: int, s: Session = Depends(session)):
    query = select(Treasurer).where(Treasurer.shelter_id == shelter_id, Treasurer.rank == "chief").order_by(Treasurer.person_id)
    if len(s.scalars(query.with_for_update()).all()) < 2:
        raise HTTPException(409)
    s.execute(update(Treasurer).where(Treasurer.shelter_id == shelter_id, Treasurer.person_id == person_id).values(rank="member"))
    s.commit()
