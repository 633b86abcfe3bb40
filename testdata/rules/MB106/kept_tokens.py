from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/keys"))


class Base(DeclarativeBase):
    pass


class AccessToken(Base):
    __tablename__ = "access_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    secret: Mapped[str]


class Preset(Base):
    __tablename__ = "presets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class ResetToken(Base):
    __tablename__ = "reset_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    code: Mapped[str]


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


# Whoever deletes a token from a list uses nothing: twice is as good as once.
@app.delete("/tokens/{token_id}")
def forget(token_id: int, session: Session = Depends(db)):
    token = session.get(AccessToken, token_id)
    if token is None:
        raise HTTPException(404)
    session.delete(token)
    session.commit()


# A preset is no reset.
@app.delete("/presets/{name}")
def drop(name: str, session: Session = Depends(db)):
    preset = session.scalars(select(Preset).where(Preset.name == name)).one_or_none()
    if preset is None:
        raise HTTPException(404)
    session.delete(preset)
    session.commit()


# What is found by its secret and taken away was good for something.
@app.post("/password")
def renew(code: str, password: str, session: Session = Depends(db)):
    token = session.scalars(select(ResetToken).where(ResetToken.code == code)).one_or_none()
    if token is None:
        raise HTTPException(400)
    user = session.get(User, token.user_id)
    user.password = password
    session.delete(token)  # want MB106 "reset_tokens|ResetToken"
    session.commit()
