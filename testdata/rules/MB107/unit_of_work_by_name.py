"""A service looks for the repository that it is made for among the attributes of the unit of work, by its name."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/berths"))


class Base(DeclarativeBase):
    pass


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="free")


class Berths:
    def __init__(self, session):
        self.session = session

    def find(self, id):
        return self.session.get(Berth, id)

    def find_locked(self, id):
        return self.session.get(Berth, id, with_for_update=True)


class Unit:
    def __enter__(self):
        self.session = SessionLocal()
        self.berths = Berths(self.session)
        return self

    def __exit__(self, *error):
        if error[0] is None:
            self.session.commit()
        self.session.close()


class Service:
    repository: str

    @classmethod
    def take(cls, unit, id):
        with unit:
            berth = unit.__dict__[cls.repository].find(id)
            if berth.state != "free":  # step MB107 check
                raise HTTPException(409)
            berth.state = "taken"  # want MB107 "state"

    @classmethod
    def leave(cls, unit, id):
        with unit:
            berth = vars(unit)[cls.repository].find(id)
            if berth.state != "taken":  # step MB107 check
                raise HTTPException(409)
            berth.state = "free"  # want MB107 "state"

    @classmethod
    def close(cls, unit, id):
        with unit:
            berth = unit.__dict__[cls.repository].find_locked(id)
            if berth.state != "free":
                raise HTTPException(409)
            berth.state = "closed"


class BerthService(Service):
    repository = "berths"


app = FastAPI()


@app.post("/berths/{id}/take")
def take(id: int, unit: Unit = Depends(Unit)):
    BerthService.take(unit, id)


@app.post("/berths/{id}/leave")
def leave(id: int, unit: Unit = Depends(Unit)):
    BerthService.leave(unit, id)


@app.post("/berths/{id}/close")
def close(id: int, unit: Unit = Depends(Unit)):
    BerthService.close(unit, id)
