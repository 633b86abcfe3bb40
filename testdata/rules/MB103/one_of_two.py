"""A row is looked for by one of two columns: it is kept from existing twice where each of them is unique."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(create_engine("postgresql://localhost/club"))


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    nickname: Mapped[str] = mapped_column(unique=True)


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    nickname: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/members")
def join(email: str, nickname: str, db: Session = Depends(get_db)):
    if db.scalars(select(Member).where(or_(Member.email == email, Member.nickname == nickname))).first():  # step MB104 check
        raise HTTPException(409)
    db.add(Member(email=email, nickname=nickname))  # want MB104 "members"
    db.commit()


@app.post("/guests")
def invite(email: str, nickname: str, db: Session = Depends(get_db)):
    if db.scalars(select(Guest).where((Guest.email == email) | (Guest.nickname == nickname))).first():  # step MB103 check
        raise HTTPException(409)
    db.add(Guest(email=email, nickname=nickname))  # want MB103 "guests"
    db.commit()
