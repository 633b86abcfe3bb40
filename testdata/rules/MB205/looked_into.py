"""The request looks into a file itself, and then gives its name to something that opens it once more."""
from pathlib import Path

import engraver
import uvicorn
from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()
PLATES = Path("/srv/plates")


@app.put("/plates/{name}")
async def store(name: str, plate: UploadFile):
    (PLATES / name).write_bytes(await plate.read())
    return {}


@app.post("/plates/{name}/engrave")
def engrave(name: str):
    path = PLATES / name
    with open(path, "rb") as plate:
        head = plate.read(4)
    if not head.startswith(b"PLT1"):  # step MB205 check
        raise HTTPException(422)
    return {"lines": engraver.engrave(str(path))}  # want MB205 "plates"


@app.post("/plates/{name}/engrave-bytes")
def engrave_bytes(name: str):
    with open(PLATES / name, "rb") as plate:
        data = plate.read()
    if not data.startswith(b"PLT1"):
        raise HTTPException(422)
    return {"lines": engraver.engrave_bytes(data)}


@app.post("/plates/{name}/count")
def count(name: str):
    path = PLATES / name
    seen = path.read_bytes()
    lines = engraver.count(str(path))  # nothing was decided on what was seen
    return {"lines": lines, "bytes": len(seen)}


if __name__ == "__main__":
    uvicorn.run(app)
