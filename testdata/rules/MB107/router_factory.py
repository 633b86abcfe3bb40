"""The endpoint is made by a function that is handed the model and the session's dependency: what it captured decides what it reads."""
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/vat"))


class Base(DeclarativeBase):
    pass


class Batch(Base):
    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(default="brewing")


class Keg(Base):
    __tablename__ = "kegs"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(default="empty")


def get_db():
    with SessionLocal() as db:
        yield db


def stages(model, session_of, prefix):
    router = APIRouter(prefix=prefix)

    @router.post("/{id}/bottle")
    def bottle(id: int, db: Session = Depends(session_of)):
        row = db.get(model, id)
        if row is None or row.stage != "brewing":  # step MB107 check
            raise HTTPException(409)
        row.stage = "bottled"  # want MB107 "stage"
        db.commit()

    return router


def guarded(model, session_of, prefix):
    router = APIRouter(prefix=prefix)

    @router.post("/{id}/fill")
    def fill_ok(id: int, db: Session = Depends(session_of)):
        moved = db.execute(update(model).where(model.id == id, model.stage == "empty").values(stage="full"))
        if moved.rowcount != 1:
            raise HTTPException(409)
        db.commit()

    return router


app = FastAPI()
app.include_router(stages(Batch, get_db, "/batches"))
app.include_router(guarded(Keg, get_db, "/kegs"))
