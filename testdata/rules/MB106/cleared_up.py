"""To take a code away is its use where something is given for it: not when it is too old and the request refused, and not when the
caller wants no more than to be rid of it."""
from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
engine = create_engine("postgresql+psycopg2://club")
SessionLocal = sessionmaker(bind=engine)


class Base(DeclarativeBase):
    pass


class Invitation(Base):
    __tablename__ = "invitations"
    code: Mapped[str] = mapped_column(primary_key=True)
    club_id: Mapped[int]
    user_id: Mapped[int]
    expires: Mapped[datetime]


class Voucher(Base):
    __tablename__ = "vouchers"
    code: Mapped[str] = mapped_column(primary_key=True)
    club_id: Mapped[int]


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int]
    user_id: Mapped[int]
    __table_args__ = (UniqueConstraint("club_id", "user_id"),)


class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int]
    name: Mapped[str]


class Ticket(Base):
    __tablename__ = "login_tokens"
    code: Mapped[str] = mapped_column(primary_key=True)
    expires: Mapped[datetime]


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


@app.post("/tickets/{code}/look")
def look(code: str, db: Session = Depends(get_db)):
    ticket = db.scalar(select(Ticket).where(Ticket.code == code))
    if ticket is None:
        raise HTTPException(404)
    if ticket.expires < datetime.utcnow():
        db.delete(ticket)  # too old for anything, and the request is refused
        db.commit()
        raise HTTPException(401)
    return {"until": ticket.expires}


def valid_until(db: Session, code: str):
    ticket = db.scalar(select(Ticket).where(Ticket.code == code))
    if ticket is None:
        return None
    if ticket.expires < datetime.utcnow():
        db.delete(ticket)
        db.commit()
        return None
    return ticket.expires


@app.post("/tickets/{code}/until")
def until(code: str, db: Session = Depends(get_db)):
    return {"until": valid_until(db, code)}


@app.post("/tickets/{code}/enter")
def enter(code: str, name: str, db: Session = Depends(get_db)):
    ticket = db.scalar(select(Ticket).where(Ticket.code == code))
    if ticket is None:  # step MB106 check
        raise HTTPException(404)
    db.add(Guest(club_id=1, name=name))
    db.delete(ticket)  # want MB106 "both use it"
    db.commit()


@app.delete("/invitations/{code}")
def decline(code: str, db: Session = Depends(get_db)):
    invitation = db.scalar(select(Invitation).where(Invitation.code == code))
    if invitation is None:
        raise HTTPException(404)
    db.delete(invitation)  # gone is gone
    db.commit()


@app.post("/invitations/{code}/accept")
def accept(code: str, db: Session = Depends(get_db)):
    invitation = db.scalar(select(Invitation).where(Invitation.code == code))
    if invitation is None:
        raise HTTPException(404)
    db.add(Member(club_id=invitation.club_id, user_id=invitation.user_id))  # refused the second time, and all with it
    db.delete(invitation)
    db.commit()


@app.post("/vouchers/{code}/bring")
def bring(code: str, name: str, db: Session = Depends(get_db)):
    voucher = db.scalar(select(Voucher).where(Voucher.code == code))
    if voucher is None:  # step MB106 check
        raise HTTPException(404)
    db.add(Guest(club_id=voucher.club_id, name=name))  # nobody refuses a second guest
    db.delete(voucher)  # want MB106 "both use it"
    db.commit()


@app.post("/vouchers/{code}/join")
def join(code: str, user_id: int, db: Session = Depends(get_db)):
    voucher = db.scalar(select(Voucher).where(Voucher.code == code))
    if voucher is None:  # step MB106 check
        raise HTTPException(404)
    db.add(Member(club_id=voucher.club_id, user_id=user_id))  # two users make two members
    db.delete(voucher)  # want MB106 "both use it"
    db.commit()
