"""A user whom a dependency loads, and commits that it has seen him: what it held ends there, and the request looks at him later."""
from datetime import datetime

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/members"))
app = FastAPI()


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    seen: Mapped[datetime]
    barred: Mapped[bool]
    secret: Mapped[str | None]
    protected: Mapped[bool]


def get_db():
    with factory() as db:
        yield db


def get_user(token: str = Header(), db: Session = Depends(get_db)) -> User:
    user = db.query(User).filter(User.token == token).first()
    if user is None:
        raise HTTPException(401)
    if user.barred:
        raise HTTPException(403)
    user.seen = datetime.now()
    db.commit()
    return user


@app.post("/protect")
def protect(secret: str, user: User = Depends(get_user), db: Session = Depends(get_db)):
    try:
        if user.protected:
            raise HTTPException(409, "is protected already")
        user.secret = secret
        user.protected = True
        db.commit()
        return {"ok": True}
    except HTTPException:
        raise


@app.get("/me")
def me(user: User = Depends(get_user)):
    return {"protected": user.protected}
