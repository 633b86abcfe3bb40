"""A bulk statement that leaves the version alone goes unseen by who compares versions; one that raises it does not."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

maker = sessionmaker(create_engine("postgresql+psycopg://mill@db/mill"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sack(Base):
    __tablename__ = "sacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    edition: Mapped[int]
    __mapper_args__ = {"version_id_col": edition}


def session():
    with maker() as s:
        yield s


DB = Annotated[Session, Depends(session)]


@app.post("/sacks/{sack_id}/return")
def give_back(sack_id: int, s: DB):
    sack = s.get(Sack, sack_id)
    if sack is None or sack.state != "sold":
        raise HTTPException(409)
    sack.state = "returned"
    try:
        s.commit()
    except StaleDataError:
        raise HTTPException(409) from None


@app.post("/sacks/{sack_id}/deliver")
def deliver(sack_id: int, s: DB):
    done = s.execute(
        update(Sack).where(Sack.id == sack_id, Sack.state == "sold").values(state="delivered", edition=Sack.edition + 1)
    )
    s.commit()
    if done.rowcount == 0:
        raise HTTPException(409)
