"""The next name that is free: as long as there is a row of the name another one is tried."""
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/pages"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]


class Shop(Base):
    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)


class Link(Base):
    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/pages")
def page(title: str, db: DB):
    slug, n = title.lower(), 1
    while db.scalar(select(exists().where(Page.slug == slug))):  # want MB103 "pages.slug"
        n += 1
        slug = f"{title.lower()}-{n}"
    db.add(Page(slug=slug))
    db.commit()


@app.post("/shops")
def shop(title: str, db: DB):
    for _ in range(5):
        slug, n = title.lower(), 1
        while db.scalar(select(exists().where(Shop.slug == slug))):
            n += 1
            slug = f"{title.lower()}-{n}"
        db.add(Shop(slug=slug))
        try:
            db.commit()
            return slug
        except IntegrityError:
            db.rollback()


@app.post("/links")
def link(db: DB):
    code = secrets.token_urlsafe(6)
    while db.query(Link).filter(Link.code == code).first() is not None:  # drawn by lot: no two requests draw the same
        code = secrets.token_urlsafe(6)
    db.add(Link(code=code))
    db.commit()
