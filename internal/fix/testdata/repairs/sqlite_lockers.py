"""SQLite locks no row: a transaction that begins as a writer lets none look beside it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("sqlite:///lockers.db", connect_args={"check_same_thread": False})
factory = sessionmaker(bind=engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Locker(Base):
    __tablename__ = "lockers"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list] = mapped_column(JSON)


def get_db():
    db = factory()
    try:
        yield db
    finally:
        db.close()


@app.post("/lockers/{locker_id}/label")
def relabel(locker_id: int, word: str, db: Session = Depends(get_db)):
    locker = db.get(Locker, locker_id)
    if locker is None:
        raise HTTPException(404)
    locker.words = [*locker.words, word]
    db.commit()
