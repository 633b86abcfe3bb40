"""The first account is the administrator. A number of rows that only tells the place at the end of a list gives nobody a privilege,
whatever else the new row is called."""
from fastapi import FastAPI
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/stage"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Part(Base):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    play: Mapped[str]
    role: Mapped[str]
    place: Mapped[int]


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


@app.post("/plays/{play}/parts")
def cast(play: str, role: str):
    with make_session() as session:
        before = session.scalar(select(func.count()).select_from(Part).where(Part.play == play))
        session.add(Part(play=play, role=role, place=before))  # want MB113 "parts"
        session.commit()


@app.post("/members")
def join(name: str):
    with make_session() as session:
        before = session.scalar(select(func.count()).select_from(Member))
        session.add(Member(name=name, role="director" if before == 0 else "player"))  # want MB108 "members"
        session.commit()
