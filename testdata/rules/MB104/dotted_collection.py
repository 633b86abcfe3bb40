"""Collections whose names hold dots: the index that keeps one from holding a document twice is that of the whole name."""
import os

from fastapi import Depends, FastAPI, HTTPException
from pymongo import MongoClient
from pymongo.database import Database

app = FastAPI()


def get_db() -> Database:
    return MongoClient(os.environ["MONGO_URL"])["looms"]


def ensure_indexes():
    db = get_db()
    db["staging.bolts"].create_index("number", background=True, unique=True)
    db["_staging.dyes"].create_index([("shade", 1), ("batch", 1)], unique=True)


@app.post("/bolts")
def add_bolt(number: str, db: Database = Depends(get_db)):
    if db["staging.bolts"].find_one({"number": number}) is not None:  # step MB104 check
        raise HTTPException(409)
    db["staging.bolts"].insert_one({"number": number})  # want MB104 "bolts"
    return {"number": number}


@app.post("/dyes")
def add_dye(shade: str, batch: str, db: Database = Depends(get_db)):
    if db["_staging.dyes"].count_documents({"shade": shade, "batch": batch}, limit=1) > 0:  # step MB104 check
        raise HTTPException(409)
    db["_staging.dyes"].insert_one({"shade": shade, "batch": batch})  # want MB104 "dyes"
    return {"shade": shade}


@app.post("/bolts/copies")
def add_copy(number: str, db: Database = Depends(get_db)):
    if db["bolts"].find_one({"number": number}) is not None:  # step MB103 check
        raise HTTPException(409)
    db["bolts"].insert_one({"number": number})  # want MB103 "bolts"
    return {"number": number}
