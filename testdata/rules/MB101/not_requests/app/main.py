from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from .db import Panel, SessionLocal, get_db


@asynccontextmanager
async def lifespan(app: FastAPI):
    with SessionLocal() as db:
        if db.scalar(select(func.count()).select_from(Panel)) == 0:
            db.add(Panel(id=1))
            db.commit()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/panels/{panel_id}")
def show(panel_id: int, db: Session = Depends(get_db)):
    panel = db.get(Panel, panel_id)
    if panel is None:
        raise HTTPException(404)
    return {"watt_hours": panel.watt_hours}


@app.post("/panels/{panel_id}/readings")
def add(panel_id: int, watt_hours: int, db: Session = Depends(get_db)):
    db.execute(update(Panel).where(Panel.id == panel_id).values(watt_hours=Panel.watt_hours + watt_hours))
    db.commit()
