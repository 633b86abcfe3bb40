"""A row gets the privilege on one arm of the look after it was made, or in a mapping that was sent."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/lab"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    nickname: Mapped[str] = mapped_column(default="")


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/keepers")
def join(email: str, db: DB):
    keeper = Keeper(email=email)
    if db.scalars(select(Keeper)).first() is None:
        keeper.is_admin = True
    db.add(keeper)  # want MB108 "keepers"
    db.commit()


@app.post("/keepers/greeted")
def join_greeted(email: str, db: DB):
    keeper = Keeper(email=email)
    if db.scalars(select(Keeper)).first() is None:
        keeper.nickname = "first of all"
    db.add(keeper)
    db.commit()


@app.post("/keepers/named")
def join_named(email: str, admin: bool, db: DB):
    keeper = Keeper(email=email, is_admin=False)
    if admin:
        keeper.is_admin = True
    if db.scalars(select(Keeper).where(Keeper.email == "guest")).first() is None:
        keeper.nickname = "stranger"
    db.add(keeper)
    db.commit()


@app.post("/keepers/sent")
def join_sent(body: dict, db: DB):
    first = db.scalars(select(Keeper)).first() is None  # step MB108 read
    body["is_admin"] = first
    db.add(Keeper(**body))  # want MB108 "keepers"
    db.commit()


@app.post("/keepers/sent/greeted")
def join_sent_greeted(body: dict, db: DB):
    first = db.scalars(select(Keeper)).first() is None
    body["nickname"] = "first of all" if first else ""
    body["is_admin"] = False
    db.add(Keeper(**body))
    db.commit()
