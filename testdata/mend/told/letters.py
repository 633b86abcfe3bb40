"""Work after the response that was given what the request had read loads the row again, with its lock."""
import os

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

DSN = os.environ.get("STORE_DB", "postgresql://localhost/letters")
POST = os.environ.get("POST_OFFICE", "http://localhost:9")
engine = create_engine(DSN.replace("postgresql://", "postgresql+psycopg://"))
factory = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="written")
    town: Mapped[str] = mapped_column(default="Ulm")


Base.metadata.create_all(engine)


def get_db():
    with factory() as session:
        yield session


def wait(letter_id: int):
    httpx.get(f"{POST}/wait/{letter_id}", timeout=30)


def tell(letter_id: int, town: str):
    httpx.post(f"{POST}/told/{letter_id}", json={"town": town}, timeout=30)


@app.post("/letters", status_code=201)
def create_letter(db: Session = Depends(get_db)):
    letter = Letter()
    db.add(letter)
    db.commit()
    return {"id": letter.id}


@app.post("/letters/{letter_id}/tell")
def tell_letter(letter_id: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    letter = db.get(Letter, letter_id)
    if letter is None:
        raise HTTPException(404)
    if letter.state != "written":
        raise HTTPException(409)
    tasks.add_task(wait, letter_id)
    tasks.add_task(tell, letter.id, letter.town)
    return {"id": letter_id}


@app.put("/letters/{letter_id}")
def change_letter(letter_id: int, state: str, town: str, db: Session = Depends(get_db)):
    db.execute(update(Letter).where(Letter.id == letter_id).values(state=state, town=town))
    db.commit()
    return {"id": letter_id}
