"""A session is shown with every request: to end it twice is to end it. A code that is taken for something works once."""
from fastapi import Cookie, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/door"))


class Base(DeclarativeBase):
    pass


class SessionToken(Base):
    __tablename__ = "session_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int]


class EntryToken(Base):
    __tablename__ = "entry_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(unique=True)
    room: Mapped[str]


class Visit(Base):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str]


def db():
    with Maker() as session:
        yield session


def current(secret: str = Cookie(), session: Session = Depends(db)) -> SessionToken:
    token = session.scalars(select(SessionToken).where(SessionToken.secret == secret)).first()
    if token is None:
        raise HTTPException(401)
    return token


app = FastAPI()


@app.get("/me")
def me(token: SessionToken = Depends(current)):
    return token.user_id


@app.get("/me/rooms")
def my_rooms(token: SessionToken = Depends(current), session: Session = Depends(db)):
    return session.scalars(select(Visit.room)).all()


@app.get("/me/name")
def my_name(token: SessionToken = Depends(current)):
    return {"user": token.user_id}


@app.post("/logout")
def logout(token: SessionToken = Depends(current), session: Session = Depends(db)):
    session.delete(token)
    session.commit()
    return {"ok": True}


@app.post("/rooms/leave")
def leave(secret: str, session: Session = Depends(db)):
    token = session.scalars(select(EntryToken).where(EntryToken.secret == secret)).first()
    if token is not None:  # whoever has none leaves as well
        session.delete(token)
        session.commit()
    return {"left": True}


@app.post("/rooms/enter")
def enter(secret: str, session: Session = Depends(db)):
    token = session.scalars(select(EntryToken).where(EntryToken.secret == secret)).first()
    if token is None:  # step MB106 check
        raise HTTPException(404)
    session.add(Visit(room=token.room))
    session.delete(token)  # want MB106 "entry_tokens"
    session.commit()
