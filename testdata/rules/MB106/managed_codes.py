"""A code is used by who presents it; who withdraws it by its number manages it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/clubs"))


class Base(DeclarativeBase):
    pass


class Invitation(Base):
    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    club: Mapped[str]


class RenewalToken(Base):
    __tablename__ = "renewal_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    revoked: Mapped[bool]
    user_id: Mapped[int]


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    club: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/invitations/{id}/withdraw")
def withdraw(id: int, session: Session = Depends(db)):
    invitation = session.get(Invitation, id)
    if invitation.state != "open":  # step MB107 check
        raise HTTPException(409)
    invitation.state = "withdrawn"  # want MB107 "invitations"
    session.commit()


@app.post("/join")
def join(secret: str, session: Session = Depends(db)):
    invitation = session.scalars(select(Invitation).where(Invitation.secret == secret)).one()
    if invitation.state != "open":  # step MB106 check
        raise HTTPException(409)
    invitation.state = "taken"  # want MB106 "invitations"
    session.add(Member(club=invitation.club))
    session.commit()


@app.post("/renew")
def renew(digest: str, fresh: str, session: Session = Depends(db)):
    token = session.scalars(select(RenewalToken).where(RenewalToken.digest == digest)).one()
    if token.revoked:  # step MB106 check
        raise HTTPException(401)
    token.revoked = True  # want MB106 "renewal_tokens"
    session.add(RenewalToken(digest=fresh, user_id=token.user_id, revoked=False))
    session.commit()
