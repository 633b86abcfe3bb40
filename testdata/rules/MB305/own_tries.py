"""How often the application has tried to deliver something keeps nobody out, and neither does a time that has run out."""
import json
from datetime import datetime, timezone

import redis
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/post"))
store = redis.Redis()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letter_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)


class Pin(Base):
    __tablename__ = "pins"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)


class Reader(Base):
    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_verified: Mapped[bool] = mapped_column(default=False)


def get_db():
    with make_session() as session:
        yield session


@app.post("/letters/{letter_id}/failed")
def failed(letter_id: int, db: Session = Depends(get_db)):
    letter = db.get_one(Letter, letter_id)
    letter.attempts = letter.attempts + 1  # want MB101|MB107 "letter_outbox.attempts"
    letter.status = "dead" if letter.attempts >= 5 else "waiting"
    db.commit()


@app.post("/pins/{pin_id}/tries")
def tried(pin_id: int, code: str, db: Session = Depends(get_db)):
    pin = db.get_one(Pin, pin_id)
    if pin.attempts >= 5:
        raise HTTPException(429)
    pin.attempts = pin.attempts + 1  # want MB305 "parallel attempts"
    db.commit()
    return pin.code == code


@app.post("/verify-email")
def verify(reader_id: int, token: str, db: Session = Depends(get_db)):
    key = f"verification:{reader_id}:token:{token}"
    kept = store.get(key)
    if not kept:
        raise HTTPException(400)
    data = json.loads(kept)
    if data["expires_at"] < datetime.now(timezone.utc).timestamp():
        raise HTTPException(400)
    reader = db.get_one(Reader, reader_id)
    reader.email_verified = True
    db.commit()
    store.delete(key)  # want MB106|MB801 "verification"
