"""engine: files, unsafe. A file is a database: a lock beside it holds from reading to writing."""
import json
import os
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI

app = FastAPI()
ROOT = Path(os.environ.get("STORE_DB", "tallies"))
ROOT.mkdir(exist_ok=True)


@app.post("/tallies", status_code=201)
def create_tally():
    tally = uuid4().hex
    (ROOT / tally).write_text(json.dumps({"count": 0}))
    return {"id": tally, "count": 0}


@app.get("/tallies/{tally_id}")
def read_tally(tally_id: str):
    return {"id": tally_id, **json.loads((ROOT / tally_id).read_text())}


@app.post("/tallies/{tally_id}/hits")
def hit(tally_id: str):
    path = ROOT / tally_id
    kept = json.loads(path.read_text())
    kept["count"] += 1
    path.write_text(json.dumps(kept))
    return kept
