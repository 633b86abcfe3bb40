"""Rows that are inserted as a list of dictionaries have the columns of each: a key of the table keeps them from being there twice."""
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, create_engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/shelves"))


class Base(DeclarativeBase):
    pass


class Jar(Base):
    __tablename__ = "jars"
    id: Mapped[int] = mapped_column(primary_key=True)


class OnShelf(Base):
    __tablename__ = "on_shelf"
    shelf_id: Mapped[int] = mapped_column(primary_key=True)
    jar_id: Mapped[int] = mapped_column(ForeignKey("jars.id"), primary_key=True)


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/shelves/{shelf_id}/jars")
def put_up(shelf_id: int, jar_ids: list[int], session: Session = Depends(db)):
    known = set(session.scalars(select(Jar.id).where(Jar.id.in_(jar_ids))).all())
    there = set(session.scalars(select(OnShelf.jar_id).where(OnShelf.shelf_id == shelf_id)).all())
    missing = known - there
    if missing:
        session.execute(insert(OnShelf), [{"shelf_id": shelf_id, "jar_id": jar_id} for jar_id in missing])  # want MB104 "on_shelf"
        session.commit()


@app.post("/shelves/{shelf_id}/jars/once")
def put_up_once(shelf_id: int, jar_ids: list[int], session: Session = Depends(db)):
    known = set(session.scalars(select(Jar.id).where(Jar.id.in_(jar_ids))).all())
    there = set(session.scalars(select(OnShelf.jar_id).where(OnShelf.shelf_id == shelf_id)).all())
    missing = known - there
    if missing:
        try:
            with session.begin_nested():
                session.execute(insert(OnShelf), [{"shelf_id": shelf_id, "jar_id": jar_id} for jar_id in missing])
        except IntegrityError:
            pass
        session.commit()
