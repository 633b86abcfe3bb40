"""An address that is stored as nothing where none was given is the one that was looked for where one was. Another column of the row is unique, and does not keep it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/guests"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]


class Regular(Base):
    __tablename__ = "regulars"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)


def get_db():
    with make_session() as session:
        yield session


@app.post("/guests")
def enter(name: str, email: str | None = None, db: Session = Depends(get_db)):
    if db.scalar(select(Guest).where(Guest.name == name)):
        raise HTTPException(409)
    if email and db.scalar(select(Guest).where(Guest.email == email)):  # step MB103 check
        raise HTTPException(409)
    db.add(Guest(name=name, email=email or ""))  # want MB103 "guests.email"
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/regulars")
def return_to(name: str, email: str | None = None, db: Session = Depends(get_db)):
    if db.scalar(select(Regular).where(Regular.name == name)):
        raise HTTPException(409)
    if email and db.scalar(select(Regular).where(Regular.email == email)):
        raise HTTPException(409)
    db.add(Regular(name=name, email=email or ""))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
