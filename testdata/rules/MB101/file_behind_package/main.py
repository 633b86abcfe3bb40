"""Modules that are loaded from their files by hand."""
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

import models

HERE = Path(__file__).resolve().parent
backend_spec = spec_from_file_location("store_backend", location=str(HERE / "store-backend.py"))
backend = module_from_spec(backend_spec)
backend_spec.loader.exec_module(backend)

app = FastAPI()


@app.post("/hutches/{hutch_id}/rabbits")
def add(hutch_id: int, rabbits: int, db: Session = Depends(backend.get_db)):
    hutch = db.get(models.Hutch, hutch_id)
    backend.put(db, hutch, hutch.rabbits + rabbits)  # want MB101 "rabbits"


@app.post("/hutches/{hutch_id}/rabbits/locked")
def add_locked(hutch_id: int, rabbits: int, db: Session = Depends(backend.get_db)):
    hutch = db.get(models.Hutch, hutch_id, with_for_update=True)
    backend.put(db, hutch, hutch.rabbits + rabbits)
