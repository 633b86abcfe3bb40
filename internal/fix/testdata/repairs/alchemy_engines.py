"""A project whose tests run on another engine: what only PostgreSQL knows is no repair of it."""
import os

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/invites")
if os.environ.get("TESTING"):
    engine = create_engine("sqlite:///:memory:")
factory = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase): ...


class Invite(Base):
    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    ends: Mapped[int]


def get_db():
    with factory() as db:
        yield db


@app.post("/invites/{email}")
def invite(email: str, now: int, db: Session = Depends(get_db)):
    if db.scalar(select(Invite).where(Invite.email == email, Invite.ends > now)):
        raise HTTPException(409)
    db.add(Invite(email=email, ends=now + 7))
    db.commit()
