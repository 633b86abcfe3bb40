"""A middleware of fastapi_sqlalchemy opens the session of a request; `with db()` opens another one, which is db.session meanwhile."""
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi_sqlalchemy import DBSessionMiddleware, db
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="stored")


app = FastAPI()
app.add_middleware(DBSessionMiddleware, db_url="postgresql+psycopg://localhost/parcels")


@app.post("/parcels/{id}/collect")
def collect(id: int):
    parcel = db.session.query(Parcel).filter(Parcel.id == id).first()
    if parcel.state != "stored":  # step MB107 check
        raise HTTPException(409)
    parcel.state = "collected"  # want MB107 "state"
    db.session.commit()


@app.post("/parcels/{id}/collect-locked")
def collect_locked(id: int):
    parcel = db.session.query(Parcel).filter(Parcel.id == id).with_for_update().first()
    if parcel.state != "stored":
        raise HTTPException(409)
    parcel.state = "collected"
    db.session.commit()


def return_to_sender(id: int):
    with db(commit_on_exit=True):
        parcel = db.session.get(Parcel, id, with_for_update=True)
        if parcel.state == "stored":
            parcel.state = "returned"


@app.post("/parcels/{id}/return")
def give_back(id: int, tasks: BackgroundTasks):
    tasks.add_task(return_to_sender, id)


@app.post("/parcels/{id}/lose")
def lose(id: int):
    with db():
        db.session.get(Parcel, id, with_for_update=True)
    parcel = db.session.get(Parcel, id)
    if parcel.state != "stored":  # want MB110 "parcels.state"
        raise HTTPException(409)
    parcel.state = "lost"
    db.session.commit()


@app.post("/parcels/{id}/forget")
def forget(id: int):
    with db():
        parcel = db.session.get(Parcel, id)
        if parcel.state == "stored":
            parcel.state = "forgotten"  # and never committed
