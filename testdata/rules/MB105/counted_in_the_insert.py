"""An insert that counts in its own condition: PostgreSQL counts what is committed, and waits for nobody who is just inserting."""
import psycopg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, insert, literal, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/segments"))
app = FastAPI()

INSERT = """
    INSERT INTO segments (account_id, title) SELECT %(account)s, %(title)s
    WHERE (SELECT count(*) FROM segments WHERE account_id = %(account)s) < 5
    RETURNING id
"""


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)


class Segment(Base):
    __tablename__ = "segments"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    title: Mapped[str]


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    title: Mapped[str]


def connection():
    with psycopg.connect("dbname=segments") as conn:
        yield conn


def get_db():
    with make_session() as db:
        yield db


@app.post("/accounts/{account}/segments")
def add(account: int, title: str, conn: psycopg.Connection = Depends(connection)):
    if conn.execute(INSERT, {"account": account, "title": title}).fetchone() is None:  # want MB105 "segments"
        raise HTTPException(403)


@app.post("/accounts/{account}/held-segments")
def add_held(account: int, title: str, conn: psycopg.Connection = Depends(connection)):
    with conn.transaction():
        conn.execute("SELECT id FROM accounts WHERE id = %s FOR UPDATE", [account])
        if conn.execute(INSERT, {"account": account, "title": title}).fetchone() is None:
            raise HTTPException(403)


@app.post("/accounts/{account}/tags")
def tag(account: int, title: str, db: Session = Depends(get_db)):
    used = select(func.count()).select_from(Tag).where(Tag.account_id == account).scalar_subquery()
    added = db.execute(insert(Tag).from_select(["account_id", "title"], select(literal(account), literal(title)).where(used < 5)))  # want MB105 "tags"
    if added.rowcount == 0:
        raise HTTPException(403)
    db.commit()
