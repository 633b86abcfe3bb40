"""A parent that must be there, if one is given: one more row does not make it go away. A name that must be free, if that is asked for, is taken by one."""
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/shelves"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"
    __table_args__ = (UniqueConstraint("library_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int]
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("labels.id"))


class ShelfIn(BaseModel):
    name: str
    parent_id: int | None = None


def get_db():
    with make_session() as session:
        yield session


@app.post("/libraries/{library_id}/shelves")
def build(library_id: int, data: ShelfIn, db: Session = Depends(get_db)):
    if data.parent_id:
        parent = db.execute(select(Shelf).where(Shelf.id == data.parent_id, Shelf.library_id == library_id)).scalars().first()
        if not parent:
            raise HTTPException(404)
    db.add(Shelf(library_id=library_id, **data.model_dump()))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None


@app.post("/labels")
def label(data: ShelfIn, db: Session = Depends(get_db)):
    if data.parent_id:
        parent = db.scalar(select(Label).where(Label.id == data.parent_id))
        if not parent:
            raise HTTPException(404)
    db.add(Label(text=data.name, parent_id=data.parent_id))
    db.commit()


@app.post("/labels/strict")
def label_strictly(data: ShelfIn, strict: bool, db: Session = Depends(get_db)):
    if strict:
        found = db.scalar(select(Label).where(Label.text == data.name))
        if found:
            raise HTTPException(409)
    db.add(Label(text=data.name))  # want MB103 "labels.text"
    db.commit()
