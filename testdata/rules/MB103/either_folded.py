"""A row is found by its address, or by its name without regard to case: keys over both keep out whoever is spelled alike."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/zoo")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)


class Guard(Base):
    __tablename__ = "guards"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


def get_db():
    with Session(engine) as session:
        yield session


@app.post("/keepers")
def hire_keeper(email: str, name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Keeper.id).where(or_(Keeper.email == email, Keeper.name.ilike(name.lower())))):
        raise HTTPException(409)
    db.add(Keeper(email=email, name=name))  # want MB104 "keepers"
    db.commit()


@app.post("/guards")
def hire_guard(email: str, name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Guard.id).where(or_(Guard.email == email, Guard.name.ilike(name.lower())))):
        raise HTTPException(409)
    db.add(Guard(email=email, name=name))  # want MB103 "guards"
    db.commit()
