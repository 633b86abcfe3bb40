"""How old a row is sets no limit to how many there are; how many there are does."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/drafts"))


class Base(DeclarativeBase):
    pass


class Draft(Base):
    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    saved_at: Mapped[float]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/books/{book_id}/drafts")
def save(book_id: int, saved_at: float, session: Session = Depends(db)):
    last = session.scalars(select(Draft).where(Draft.book_id == book_id).order_by(Draft.saved_at.desc()).limit(1)).first()
    if last is not None and last.saved_at > saved_at:  # step MB103|MB107|MB101 check
        raise HTTPException(409)
    session.add(Draft(book_id=book_id, saved_at=saved_at))  # want MB103|MB107|MB101 "drafts"
    session.commit()


@app.post("/books/{book_id}/notes")
def note(book_id: int, session: Session = Depends(db)):
    count = session.scalar(select(func.count()).select_from(Note).where(Note.book_id == book_id))
    if count >= 20:  # step MB105 check
        raise HTTPException(409)
    session.add(Note(book_id=book_id))  # want MB105 "notes"
    session.commit()
