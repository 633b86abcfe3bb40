"""Roles in signed tokens: what a claim says was true when the token was issued."""
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/press")
app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
KEY = "secret"


class Base(DeclarativeBase):
    pass


class Editor(Base):
    __tablename__ = "editors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    is_admin: Mapped[bool]


class Story(Base):
    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]
Token = Annotated[str, Depends(bearer)]


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: DB):
    editor = db.scalar(select(Editor).where(Editor.name == form.username))
    if editor is None:
        raise HTTPException(401)
    return {"access_token": jwt.encode({"sub": str(editor.id), "role": editor.role, "adm": editor.is_admin}, KEY, algorithm="HS256")}


def claims(token: Token) -> dict:
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401) from None


Claims = Annotated[dict, Depends(claims)]


@app.delete("/stories/{story_id}")
def drop(story_id: int, payload: Claims, db: DB):
    if payload["role"] != "chief":  # want MB301 "role"
        raise HTTPException(403)
    db.execute(delete(Story).where(Story.id == story_id))
    db.commit()


def admin(payload: Claims) -> str:
    if not payload.get("adm"):  # want MB301 "is_admin"
        raise HTTPException(403)
    return payload["sub"]


@app.put("/stories/{story_id}")
def rewrite(story_id: int, text: str, who: Annotated[str, Depends(admin)], db: DB):
    db.execute(update(Story).where(Story.id == story_id).values(text=text))
    db.commit()


# Sound: the token says who it is, the database what he may do.


def current(payload: Claims, db: DB) -> Editor:
    editor = db.get(Editor, int(payload["sub"]))
    if editor is None:
        raise HTTPException(401)
    return editor


@app.post("/stories")
def write(text: str, editor: Annotated[Editor, Depends(current)], db: DB):
    if editor.role != "writer":
        raise HTTPException(403)
    db.add(Story(text=text))
    db.commit()


@app.get("/stories")
def stories(payload: Claims, db: DB):
    if payload["role"] == "guest":
        raise HTTPException(403)
    return db.scalars(select(Story.text)).all()


@app.put("/editors/{editor_id}")
def promote(editor_id: int, role: str, is_admin: bool, db: DB):
    db.execute(update(Editor).where(Editor.id == editor_id).values(role=role, is_admin=is_admin))
    db.commit()
