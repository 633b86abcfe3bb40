"""Who may go only when nobody else is left is turned away by one more, and by nobody who leaves."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/gardens"))


class Base(DeclarativeBase):
    pass


class Garden(Base):
    __tablename__ = "gardens"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]


class Gardener(Base):
    __tablename__ = "gardeners"
    id: Mapped[int] = mapped_column(primary_key=True)
    garden_id: Mapped[int]
    user_id: Mapped[int]


def db():
    with Maker() as session:
        yield session


def how_many(session: Session, garden_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Gardener).where(Gardener.garden_id == garden_id))


app = FastAPI()


@app.delete("/users/{user_id}/gardens")
def close(user_id: int, session: Session = Depends(db)):
    gardens = session.scalars(select(Garden).where(Garden.owner_id == user_id)).all()
    shared = [g.id for g in gardens if how_many(session, g.id) > 1]
    if shared:
        raise HTTPException(409)
    session.execute(delete(Gardener).where(Gardener.user_id == user_id))
    session.commit()


@app.delete("/gardens/{garden_id}/gardeners/{user_id}")
def leave(garden_id: int, user_id: int, session: Session = Depends(db)):
    if how_many(session, garden_id) <= 1:  # step MB116 check
        raise HTTPException(409)
    session.execute(delete(Gardener).where(Gardener.garden_id == garden_id, Gardener.user_id == user_id))  # want MB116 "gardeners"
    session.commit()
