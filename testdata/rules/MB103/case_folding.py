"""A unique column does not cover a check that folds case; a unique index on the folded value does."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/forum")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Subscriber(Base):
    __tablename__ = "subscribers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


class Reader(Base):
    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column()

    __table_args__ = (Index("ux_readers_email", func.lower(email), unique=True),)


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/subscribers")
def subscribe(email: str, db: DB):
    taken = db.scalar(select(Subscriber.id).where(func.lower(Subscriber.email) == email.lower()))  # step MB103 read
    if taken:  # step MB103 check
        raise HTTPException(409)
    db.add(Subscriber(email=email))  # want MB103 "email"
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None


@app.post("/readers")
def register_reader(email: str, db: DB):
    taken = db.scalar(select(Reader.id).where(func.lower(Reader.email) == email.lower()))
    if taken:
        raise HTTPException(409)
    db.add(Reader(email=email))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None
