"""A code is found, and then looked up once more by what stands in it to be taken away: it is the one that was found."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/ferry"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class BoardingToken(Base):
    __tablename__ = "boarding_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    traveller: Mapped[str]


class Passage(Base):
    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(primary_key=True)
    traveller: Mapped[str]


def get_db():
    with Local() as db:
        yield db


class Tokens:
    def __init__(self, db: Annotated[Session, Depends(get_db)]) -> None:
        self.db = db

    def one(self, token: str) -> BoardingToken | None:
        return self.db.execute(select(BoardingToken).where(BoardingToken.token == token)).scalar_one_or_none()

    def remove(self, token: str) -> None:
        found = self.db.execute(select(BoardingToken).where(BoardingToken.token == token)).scalar_one()  # want MB106 "boarding_tokens"
        self.db.delete(found)

    def claim(self, token: str) -> bool:
        return self.db.execute(delete(BoardingToken).where(BoardingToken.token == token)).rowcount == 1


Store = Annotated[Tokens, Depends()]


@app.post("/board")
def board(token: str, tokens: Store):
    found = tokens.one(token)
    if found is None:  # want MB106 "boarding_tokens"
        raise HTTPException(400)
    tokens.db.add(Passage(traveller=found.traveller))
    tokens.remove(found.token)
    tokens.db.commit()


@app.post("/v2/board")
def board_once(token: str, tokens: Store):
    found = tokens.one(token)
    if found is None:
        raise HTTPException(400)
    if not tokens.claim(found.token):
        raise HTTPException(400)
    tokens.db.add(Passage(traveller=found.traveller))
    tokens.db.commit()
