"""A repository gives a list, which is empty where nothing was found: what stands first in it is a row."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/fence"))


class Base(DeclarativeBase):
    pass


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


app = FastAPI()


def find(db: Session, lock: bool = False, **filters) -> list:
    statement = select(Post).filter_by(**filters)
    if lock:
        statement = statement.with_for_update()
    rows = db.scalars(statement).all()
    if not rows:
        return []
    return list(rows)


def newest(db: Session, post_id: int):
    rows = db.query(Post).filter(Post.id == post_id).limit(1).all()
    return rows if rows else None


@app.post("/posts/{post_id}/raise")
def lift(post_id: int, by: int, db: Session = Depends(get_db)):
    found = find(db, id=post_id)
    if not found:
        raise HTTPException(404)
    post = found[0]
    post.height = post.height + by  # want MB101 "height"
    db.commit()


@app.post("/posts/{post_id}/lower")
def lower(post_id: int, by: int, db: Session = Depends(get_db)):
    found = newest(db, post_id)
    if found is None:
        raise HTTPException(404)
    found[-1].height -= by  # want MB101 "height"
    db.commit()


@app.post("/posts/{post_id}/raise/locked")
def lift_locked(post_id: int, by: int, db: Session = Depends(get_db)):
    found = find(db, lock=True, id=post_id)
    if not found:
        raise HTTPException(404)
    found[0].height += by
    db.commit()
