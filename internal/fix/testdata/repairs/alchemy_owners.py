"""A value that may be left out is looked for only where it is there: whoever violates its constraint has brought it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql://localhost/owners"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]


class Phone(Base):
    __tablename__ = "phones"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None]


def get_db():
    with factory() as db:
        yield db


@app.post("/owners")
def create(email: str | None = None, db: Session = Depends(get_db)):
    if email:
        existing = db.scalars(select(Owner).where(Owner.email == email)).first()
        if existing:
            raise HTTPException(409, "email in use")
    db.add(Owner(email=email))
    db.commit()


@app.post("/phones")
def note(number: str | None = None, db: Session = Depends(get_db)):
    if number:
        plain = number.strip()
        if db.scalars(select(Phone).where(Phone.number == number)).first():
            raise HTTPException(409, f"{plain} is known")
    db.add(Phone(number=number))
    db.commit()
