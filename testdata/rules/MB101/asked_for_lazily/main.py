from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from club import models, services
from club.services import take_points

SessionLocal = sessionmaker(create_engine("postgresql://localhost/club"))
app = FastAPI()


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/members/{member_id}/visits")
def visit(member_id: int, db: Session = Depends(get_db)):
    services.count_visit(db, member_id)


@app.post("/members/{member_id}/warnings")
def warn(member_id: int, db: Session = Depends(get_db)):
    services.count_warning(db, member_id)


@app.post("/members/{member_id}/points")
def give(member_id: int, points: int, db: Session = Depends(get_db)):
    services.give_points(db, member_id, points)


@app.delete("/members/{member_id}/points")
def take(member_id: int, points: int, db: Session = Depends(get_db)):
    if not take_points(db, member_id, points):
        raise HTTPException(409)


@app.post("/lockers/{locker_id}/opened")
def opened(locker_id: int, db: Session = Depends(get_db)):
    db.query(models.Locker).filter(models.Locker.id == locker_id).update({"opened": models.Locker.opened + 1})
    db.commit()
