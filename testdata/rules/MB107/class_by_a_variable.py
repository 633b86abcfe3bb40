"""The function that makes the routes names the class of a parameter by its own argument, or by a variable."""
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/looms"))


class Base(DeclarativeBase):
    pass


class Loom(Base):
    __tablename__ = "looms"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="idle")


def get_db():
    with SessionLocal() as db:
        yield db


class Looms:
    def __init__(self, db: Session = Depends(get_db)):
        self.db = db

    def start(self, id: int):
        loom = self.db.get(Loom, id)
        if loom.state != "idle":  # step MB107 check
            raise HTTPException(409)
        loom.state = "weaving"  # want MB107 "state"
        self.db.commit()

    def stop(self, id: int):
        loom = self.db.get(Loom, id)
        if loom.state != "weaving":  # step MB107 check
            raise HTTPException(409)
        loom.state = "idle"  # want MB107 "state"
        self.db.commit()

    def clean(self, id: int):
        loom = self.db.get(Loom, id, with_for_update=True)
        if loom.state != "idle":
            raise HTTPException(409)
        loom.state = "cleaned"
        self.db.commit()


def routes(prefix, service):
    Service = service
    router = APIRouter(prefix=prefix)

    @router.post("/{id}/start")
    def start(id: int, looms: service = Depends()):
        looms.start(id)

    @router.post("/{id}/stop")
    def stop(id: int, looms: Annotated[Service, Depends()]):
        looms.stop(id)

    @router.post("/{id}/clean")
    def clean(id: int, looms: Service = Depends()):
        looms.clean(id)

    return router


app = FastAPI()
app.include_router(routes("/looms", Looms))
