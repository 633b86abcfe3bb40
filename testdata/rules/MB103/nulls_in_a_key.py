"""NULL is equal to nothing, not even to NULL: a unique key of a name and a parent keeps no two names apart that have no parent."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/shelves"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Folder(Base):
    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None]
    name: Mapped[str]


class Shelf(Base):
    __tablename__ = "shelves"
    __table_args__ = (UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None]
    name: Mapped[str]


def get_db():
    with make_session() as session:
        yield session


@app.post("/folders")
def make_top(name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Folder).where(Folder.parent_id.is_(None), Folder.name == name)):  # step MB103 check
        raise HTTPException(409)
    db.add(Folder(name=name, parent_id=None))  # want MB103 "folders"
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/folders/{parent_id}")
def make_within(parent_id: int, name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Folder).where(Folder.parent_id == parent_id, Folder.name == name)):
        raise HTTPException(409)
    db.add(Folder(name=name, parent_id=parent_id))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/shelves")
def put_up(name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Shelf).where(Shelf.parent_id.is_(None), Shelf.name == name)):
        raise HTTPException(409)
    db.add(Shelf(name=name, parent_id=None))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409) from None
