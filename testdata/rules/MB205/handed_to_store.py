"""A file is weighed by its name, and sent to a store by its name."""
import os
from pathlib import Path

import boto3
from fastapi import FastAPI, HTTPException

DROP = Path("/srv/drop")
LIMIT = 25 * 2**20
app = FastAPI()
s3 = boto3.client("s3")


@app.put("/drop/{name}")
def put(name: str, data: bytes):
    tmp = DROP / f".{os.urandom(6).hex()}"
    tmp.write_bytes(data)
    tmp.replace(DROP / name)


@app.post("/drop/{name}/ship")
def ship(name: str):
    path = DROP / name
    if path.stat().st_size > LIMIT:  # step MB205 check
        raise HTTPException(413)
    s3.upload_file(str(path), "intake", name)  # want MB205 "drop"


@app.post("/v2/drop/{name}/ship")
def ship_what_is_open(name: str):
    with (DROP / name).open("rb") as fh:
        if os.fstat(fh.fileno()).st_size > LIMIT:
            raise HTTPException(413)
        s3.upload_fileobj(fh, "intake", name)
