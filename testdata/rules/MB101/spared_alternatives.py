"""A new address is stored when it was asked for and differs from the old one, or there was none: the condition only spares a write."""

from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/club")
factory = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    visits: Mapped[int]


class GuestChange(BaseModel):
    email: str | None = None


def session():
    with factory() as db:
        yield db


DB = Annotated[Session, Depends(session)]
app = FastAPI()


@app.patch("/guests/{guest_id}")
def change_ok(guest_id: int, change: GuestChange, db: DB):
    guest = db.get(Guest, guest_id)
    if change.email is not None and (guest.email is None or guest.email.lower() != change.email.lower()):
        guest.email = change.email
    db.commit()


@app.post("/guests/{guest_id}/visits")
def visit(guest_id: int, change: GuestChange, db: DB):
    guest = db.get(Guest, guest_id)
    if change.email is not None and (guest.email is None or guest.email == change.email):
        guest.visits = guest.visits + 1  # want MB101 "visits"
    db.commit()
