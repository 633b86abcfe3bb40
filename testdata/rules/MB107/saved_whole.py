"""Aggregates: a row is made an object of the domain, which changes, and is merged back under its own key."""
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/ferry"))


class Base(DeclarativeBase):
    pass


class Passage(Base):
    __tablename__ = "passages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    captain: Mapped[str]


class Crossing:
    def __init__(self, state: str, captain: str, id: UUID | None = None):
        self._id = id or uuid4()
        self._state = state
        self._captain = captain

    @property
    def id(self) -> UUID:
        return self._id

    @property
    def state(self) -> str:
        return self._state

    @property
    def captain(self) -> str:
        return self._captain

    def leave(self) -> None:
        if self._state != "boarding":  # want MB107 "state"
            raise ValueError(self._state)
        self._state = "left"


class Crossings:
    def __init__(self, session: Session):
        self.session = session

    def get(self, passage_id: UUID, lock: bool = False) -> Crossing:
        row = self.session.get_one(Passage, passage_id, with_for_update=lock)
        return Crossing(id=row.id, state=row.state, captain=row.captain)

    def save(self, crossing: Crossing) -> None:
        self.session.merge(Passage(id=crossing.id, state=crossing.state, captain=crossing.captain))
        self.session.commit()


def get_db():
    with SessionLocal() as db:
        yield db


app = FastAPI()


@app.post("/passages/{passage_id}/leave")
def leave(passage_id: UUID, db: Session = Depends(get_db)):
    crossings = Crossings(db)
    crossing = crossings.get(passage_id)
    crossing.leave()
    crossings.save(crossing)


@app.post("/passages")
def plan(captain: str, db: Session = Depends(get_db)):
    Crossings(db).save(Crossing("boarding", captain))
