"""Whether a new secret is one of the last, of which only hashes are kept: what is put beside them is the old one."""
import bcrypt
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, desc
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/safes"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Safe(Base):
    __tablename__ = "safes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[bytes]


class OldCode(Base):
    __tablename__ = "old_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    safe_id: Mapped[int]
    code: Mapped[bytes]


class Guest(Base):
    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    safe_id: Mapped[int]
    code: Mapped[bytes]


def get_db():
    with make_session() as db:
        yield db


@app.put("/safes/{safe_id}/code")
def change(safe_id: int, wanted: str, db: Session = Depends(get_db)):
    safe = db.get(Safe, safe_id)
    if safe is None:
        raise HTTPException(404)
    last = db.query(OldCode).filter(OldCode.safe_id == safe_id).order_by(desc(OldCode.id)).limit(5).all()
    if any(bcrypt.checkpw(wanted.encode(), old.code) for old in last):
        raise HTTPException(409)
    db.add(OldCode(safe_id=safe_id, code=safe.code))
    safe.code = bcrypt.hashpw(wanted.encode(), bcrypt.gensalt())
    db.commit()


@app.put("/safes/{safe_id}/guests")
def let_in(safe_id: int, code: str, db: Session = Depends(get_db)):
    guests = db.query(Guest).filter(Guest.safe_id == safe_id).all()
    if any(bcrypt.checkpw(code.encode(), guest.code) for guest in guests):  # want MB103 "guests.safe_id"
        raise HTTPException(409)
    db.add(Guest(safe_id=safe_id, code=bcrypt.hashpw(code.encode(), bcrypt.gensalt())))
    db.commit()
