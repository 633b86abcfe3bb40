"""The check asks by the parent's id, the new row gets the parent that is found by name: the constraint still covers what is checked."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/club")
factory = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Club(Base):
    __tablename__ = "clubs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Member(Base):
    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("email", "club_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"))
    club: Mapped[Club] = relationship()


class ClubIn(BaseModel):
    id: int
    name: str


class MemberIn(BaseModel):
    email: str
    club: ClubIn


def session():
    with factory() as db:
        yield db


DB = Annotated[Session, Depends(session)]
app = FastAPI()


@app.post("/members")
def join(member: MemberIn, db: DB):
    known = db.query(Member).filter(Member.email == member.email, Member.club_id == member.club.id).first()
    if known:  # step MB104 check
        raise HTTPException(409)
    club = db.query(Club).filter(Club.name == member.club.name).one()
    db.add(Member(email=member.email, club=club))  # want MB104 "members"
    db.commit()
