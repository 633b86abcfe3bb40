"""Who accepts an invitation becomes a member, and nobody is a member twice: that keeps one person, and not two.
Who takes the invitation back meanwhile uses nothing twice."""
from datetime import datetime, timezone

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/choirs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Singer(Base):
    __tablename__ = "singers"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    city: Mapped[str]


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("singer_id", "choir_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    singer_id: Mapped[int] = mapped_column(ForeignKey("singers.id"))
    choir_id: Mapped[int]


class Invitation(Base):
    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    choir_id: Mapped[int]
    email: Mapped[str]
    city: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    expires_at: Mapped[datetime]


class CityInvite(Base):
    __tablename__ = "city_invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    choir_id: Mapped[int]
    city: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    expires_at: Mapped[datetime]


def get_db():
    with make_session() as db:
        yield db


def caller(key: str, db: Session = Depends(get_db)) -> Singer:
    singer = db.get(Singer, int(key))
    if singer is None:
        raise HTTPException(401)
    return singer


@app.post("/invitations/accept")
def accept(token: str, db: Session = Depends(get_db), singer: Singer = Depends(caller)):
    invitation = db.scalar(select(Invitation).where(Invitation.token == token))
    if invitation is None or invitation.status != "open":  # want MB107 "invitations.status"
        raise HTTPException(410)
    if invitation.expires_at < datetime.now(timezone.utc):
        invitation.status = "expired"
        db.commit()
        raise HTTPException(410)
    if invitation.email != singer.email:
        raise HTTPException(403)
    db.add(Membership(singer_id=singer.id, choir_id=invitation.choir_id))
    invitation.status = "accepted"
    db.commit()


@app.post("/invitations/{invitation_id}/revoke")
def revoke(invitation_id: int, db: Session = Depends(get_db)):
    invitation = db.get(Invitation, invitation_id)
    if invitation is None or invitation.status != "open":  # want MB107 "invitations.status"
        raise HTTPException(409)
    invitation.status = "revoked"
    db.commit()


@app.post("/city-invites/accept")
def accept_from_the_city(token: str, db: Session = Depends(get_db), singer: Singer = Depends(caller)):
    invite = db.scalar(select(CityInvite).where(CityInvite.token == token))
    if invite is None or invite.status != "open":  # want MB106 "city_invites.status"
        raise HTTPException(410)
    if invite.expires_at < datetime.now(timezone.utc):
        invite.status = "expired"
        db.commit()
        raise HTTPException(410)
    if invite.city != singer.city:  # many live there
        raise HTTPException(403)
    db.add(Membership(singer_id=singer.id, choir_id=invite.choir_id))
    invite.status = "accepted"
    db.commit()
