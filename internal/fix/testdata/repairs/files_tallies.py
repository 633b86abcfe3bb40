"""Files: a file is a database."""
import json
import os
from pathlib import Path

from fastapi import FastAPI, HTTPException

VISITS = "/srv/site/visits.json"
LIKES = Path("/srv/site/likes.json")
app = FastAPI()


@app.post("/visits/{page}")
def visit(page: str):
    with open(VISITS) as source:
        visits = json.load(source)
    visits[page] = visits.get(page, 0) + 1
    with open(VISITS, "w") as out:
        json.dump(visits, out)
    return visits


@app.post("/likes/{page}")
async def like(page: str):
    likes = json.loads(LIKES.read_text())
    if page in likes:
        raise HTTPException(409)
    likes[page] = 1
    LIKES.write_text(json.dumps(likes))


@app.post("/dislikes/{page}")
async def dislike(page: str):
    """What waits with the lock would stop everybody else."""
    likes = json.loads(LIKES.read_text())
    likes[page] = await weight(page)
    LIKES.write_text(json.dumps(likes))
