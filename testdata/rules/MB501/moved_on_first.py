# The request moves the row on, under a version, and hands the work of that state to what runs after the answer: a second request of the kind
# finds it moved. Who calls it off meanwhile is overwritten all the same.
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/mill"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Grinding(Base):
    __tablename__ = "grindings"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"version_id_col": version}


class Sifting(Base):
    __tablename__ = "siftings"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"version_id_col": version}


def get_db():
    with Local() as db:
        yield db


def grind(key: int):
    with Local() as db:
        db.get(Grinding, key).state = "done"
        db.commit()


def sift(key: int):
    with Local() as db:
        db.get(Sifting, key).state = "done"
        db.commit()


@app.post("/grindings/{key}/start")
def start(key: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    grinding = db.get(Grinding, key)
    if grinding.state == "running":
        raise HTTPException(409)
    grinding.state = "running"
    try:
        db.commit()
    except StaleDataError:
        raise HTTPException(409)
    tasks.add_task(grind, key)


@app.post("/siftings/{key}/start")
def start_what_may_be_called_off(key: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    sifting = db.get(Sifting, key)
    if sifting.state != "new":  # want MB501 "after the answer" want MB117 "two transactions"
        raise HTTPException(409)
    sifting.state = "running"
    try:
        db.commit()
    except StaleDataError:
        raise HTTPException(409)
    tasks.add_task(sift, key)


@app.post("/siftings/{key}/cancel")
def cancel(key: int, db: Session = Depends(get_db)):
    sifting = db.get(Sifting, key)
    sifting.state = "cancelled"
    try:
        db.commit()
    except StaleDataError:
        raise HTTPException(409)
