"""What a request may leave out, or send empty, is no condition that always holds: what follows its test happens, too."""
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/hives"))


class Base(DeclarativeBase):
    pass


class Hive(Base):
    __tablename__ = "hives"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class Queen(Base):
    __tablename__ = "queens"
    id: Mapped[int] = mapped_column(primary_key=True)
    ring: Mapped[str] = mapped_column(unique=True)


class Keeper(BaseModel):
    name: str


class NewHive(BaseModel):
    label: str
    keeper: Keeper | None = None
    frames: list[str] = []


class NewQueen(BaseModel):
    ring: str
    keeper: Keeper | None = None
    marks: dict[str, str] = {}


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/hives")
def add_hive(body: NewHive, session: Session = Depends(db)):
    if body.keeper or body.frames:
        raise HTTPException(422, "send keeper and frames later")
    if session.scalars(select(Hive).where(Hive.label == body.label)).first():  # step MB103 check
        raise HTTPException(409)
    session.add(Hive(label=body.label))  # want MB103 "hives"
    session.commit()


@app.post("/hives/kept")
def add_kept_hive(body: NewHive, session: Session = Depends(db)):
    if body.keeper is None:
        return add_hive(body, session)
    if session.scalars(select(Hive).where(Hive.label == body.label)).first():  # step MB103 check
        raise HTTPException(409)
    session.add(Hive(label=body.label + body.keeper.name))
    session.add(Hive(label=body.label))  # want MB103 "hives"
    session.commit()


@app.post("/queens")
def add_queen(body: NewQueen, session: Session = Depends(db)):
    if body.keeper or body.marks:
        raise HTTPException(422, "send keeper and marks later")
    if session.scalars(select(Queen).where(Queen.ring == body.ring)).first():
        raise HTTPException(409)
    session.add(Queen(ring=body.ring))  # want MB104 "queens"
    session.commit()
