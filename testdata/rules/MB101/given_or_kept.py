"""What is given, or else what the row holds: a row that is given the object which it holds is not written, whatever kind of object it is."""
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/looms"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loom(Base):
    __tablename__ = "looms"

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern: Mapped[dict] = mapped_column(JSON)
    label: Mapped[str]
    threads: Mapped[dict] = mapped_column(JSON)


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.put("/looms/{loom_id}/pattern")
def draw(loom_id: int, db: DB, pattern: Annotated[dict | None, Body()] = None):
    loom = db.get_one(Loom, loom_id)
    loom.pattern = pattern if pattern else loom.pattern
    db.commit()


@app.put("/looms/{loom_id}/label")
def label(loom_id: int, db: DB, changes: Annotated[dict[str, Any], Body()]):
    loom = db.get_one(Loom, loom_id)
    loom.label = changes.get("label", loom.label)
    db.commit()


@app.put("/looms/{loom_id}/threads")
def thread(loom_id: int, db: DB, threads: Annotated[dict, Body()]):
    loom = db.get_one(Loom, loom_id)
    loom.threads = {**loom.threads, **threads}  # want MB101 "computed from the old value"
    db.commit()
