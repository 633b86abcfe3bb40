"""Users with roles, documents with owners: what may be taken away while a request is under way.

Both forms have the same tables, routes and document. They differ in where they ask whether somebody may.
"""

import os
import secrets
from enum import Enum

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine(os.environ.get("LAB_DB", "sqlite:///./access.db"), connect_args={"timeout": 10})


@event.listens_for(engine, "connect")
def _pragma(connection, _record):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")


class Base(DeclarativeBase):
    pass


class Role(str, Enum):
    member = "member"
    editor = "editor"


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    session: Mapped[str | None] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(default="member")
    is_active: Mapped[bool] = mapped_column(default=True)
    staff: Mapped[bool] = mapped_column(default=False)


class Document(Base):
    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def prepare():
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        if db.scalar(select(User).where(User.username == "root")) is None:
            db.add(User(username="root", password="root-password", staff=True))
            db.commit()


try:
    prepare()
except DBAPIError:  # another worker was at it in the same moment
    prepare()


def get_db():
    with Session(engine) as db:
        yield db


def who(request: Request, db: Session) -> User:
    session = request.cookies.get("session")
    user = db.scalar(select(User).where(User.session == session)) if session else None
    if user is None:
        raise HTTPException(401, "log in")
    if not user.is_active:
        raise HTTPException(403, "disabled")
    return user


def current_user(request: Request, db: Session = Depends(get_db)) -> User:
    return who(request, db)


def staff(user: User = Depends(current_user)) -> User:
    if not user.staff:
        raise HTTPException(403, "staff only")
    return user


def owned(db: Session, user: User, document_id: int) -> Document:
    d = db.get(Document, document_id)
    if d is None:
        raise HTTPException(404, "no such document")
    if d.owner_id != user.id:
        raise HTTPException(403, "not yours")
    return d


class Login(BaseModel):
    username: str
    password: str


class Activity(BaseModel):
    is_active: bool


class RoleIn(BaseModel):
    role: Role


class Text(BaseModel):
    text: str


class Owner(BaseModel):
    owner_id: int


class Title(BaseModel):
    title: str


shared = APIRouter()


def show(u: User):
    return {"id": u.id, "username": u.username, "role": u.role, "is_active": u.is_active}


@shared.post("/users", status_code=201)
def sign_up(data: Login, db: Session = Depends(get_db)):
    u = User(username=data.username, password=data.password)
    db.add(u)
    db.commit()
    return show(u)


@shared.post("/login")
def login(data: Login, response: Response, db: Session = Depends(get_db)):
    u = db.scalar(select(User).where(User.username == data.username))
    if u is None or u.password != data.password:
        raise HTTPException(401, "wrong username or password")
    u.session = secrets.token_urlsafe(24)
    db.commit()
    response.set_cookie("session", u.session, httponly=True)
    return {"ok": True}


@shared.get("/users/{user_id}")
def read_user(user_id: int, db: Session = Depends(get_db), _: User = Depends(staff)):
    u = db.get(User, user_id)
    if u is None:
        raise HTTPException(404)
    return show(u)


@shared.patch("/users/{user_id}")
def set_activity(user_id: int, data: Activity, db: Session = Depends(get_db), _: User = Depends(staff)):
    u = db.get(User, user_id)
    u.is_active = data.is_active
    db.commit()
    return show(u)


@shared.patch("/users/{user_id}/role")
def set_role(user_id: int, data: RoleIn, db: Session = Depends(get_db), _: User = Depends(staff)):
    u = db.get(User, user_id)
    u.role = data.role.value
    db.commit()
    return show(u)


@shared.post("/documents", status_code=201)
def create_document(data: Text, user: User = Depends(current_user), db: Session = Depends(get_db)):
    d = Document(owner_id=user.id, text=data.text)
    db.add(d)
    db.commit()
    return {"id": d.id, "owner_id": d.owner_id, "text": d.text}


@shared.get("/documents/{document_id}")
def read_document(document_id: int, db: Session = Depends(get_db)):
    d = db.get(Document, document_id)
    if d is None:
        raise HTTPException(404)
    return {"id": d.id, "owner_id": d.owner_id, "text": d.text}


@shared.post("/documents/{document_id}/transfer")
def transfer_document(document_id: int, data: Owner, user: User = Depends(current_user), db: Session = Depends(get_db)):
    d = owned(db, user, document_id)
    d.owner_id = data.owner_id
    db.commit()
    return {"owner_id": d.owner_id}


@shared.delete("/documents/{document_id}", status_code=204)
def delete_document(document_id: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
    db.delete(owned(db, user, document_id))
    db.commit()


@shared.get("/articles/{article_id}")
def read_article(article_id: int, db: Session = Depends(get_db)):
    a = db.get(Article, article_id)
    if a is None:
        raise HTTPException(404)
    return {"id": a.id, "title": a.title}
