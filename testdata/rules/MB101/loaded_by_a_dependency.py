"""What a dependency reads is told where it reads it, and not where what it depends on was found."""

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    credit: Mapped[int]


factory = sessionmaker(create_engine("postgresql://db/members"))


def open_session():
    with factory() as session:
        yield session


def prices():
    return {"coffee": 3}


def member_of(session, token):
    return session.scalar(select(Member).where(Member.token == token))


def caller(token: str = Header(), session: Session = Depends(open_session), listed: dict = Depends(prices)):
    member = member_of(session, token)  # step MB101 read
    if member is None:
        raise HTTPException(401)
    return member


@app.post("/coffee")
def coffee(member: Member = Depends(caller), session: Session = Depends(open_session), listed: dict = Depends(prices)):
    if member.credit < listed["coffee"]:
        raise HTTPException(402)
    member.credit = member.credit - listed["coffee"]  # want MB101 "members.credit"
    session.commit()
