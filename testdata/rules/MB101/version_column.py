"""A version column: the second flush fails, and the loop tries again."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

engine = create_engine("postgresql+psycopg://localhost/poll")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Poll(Base):
    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(primary_key=True)
    votes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/polls/{poll_id}/votes")
def vote(poll_id: int, db: DB):
    for _ in range(5):
        poll = db.get(Poll, poll_id)
        if poll is None:
            raise HTTPException(404)
        poll.votes = poll.votes + 1
        try:
            db.commit()
        except StaleDataError:
            db.rollback()
            continue
        return {"votes": poll.votes}
    raise HTTPException(409, "try again")
