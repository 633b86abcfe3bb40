"""What one arm of a branch gives a row, the other arm does not see; and behind a branch the row shows that or what was loaded."""
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/kilns"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Firing(Base):
    __tablename__ = "firings"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    until: Mapped[datetime]


class Charge(Base):
    __tablename__ = "charges"

    id: Mapped[int] = mapped_column(primary_key=True)
    firing_id: Mapped[int]


def get_db():
    with Maker() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/firings/{firing_id}/{action}")
def move(firing_id: int, action: str, db: DB):
    firing = db.get(Firing, firing_id)
    if action == "pause":
        firing.state = "paused"
    else:
        if firing.state != "hot":  # want MB107 "both pass the check"
            raise HTTPException(409)
        firing.state = "done"
        db.add(Charge(firing_id=firing_id))
    db.commit()


@app.post("/firings/{firing_id}/open")
def open_kiln(firing_id: int, db: DB):
    firing = db.get(Firing, firing_id)
    if firing.until < datetime.now():
        firing.state = "lapsed"
    if firing.state != "cold":  # want MB107 "both pass the check"
        raise HTTPException(409)
    db.add(Charge(firing_id=firing_id))
    firing.state = "open"
    db.commit()
    return {"state": firing.state}
