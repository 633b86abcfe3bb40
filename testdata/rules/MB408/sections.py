"""One lock in two sections, between which it is free: it is the same lock, and what it does not hold over is another matter."""
import threading

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
drawing = threading.Lock()
printing = threading.Lock()
sketches: dict[str, str] = {}
prints: dict[str, str] = {}


@app.post("/sketches/{name}")
def sketch(name: str, by: str):
    with drawing:
        if name in sketches:  # step MB404 check
            raise HTTPException(409)
    with printing:
        ink = "black"
    with drawing:
        sketches[name] = by + ink  # want MB404 "sketches"
    return {}


@app.put("/sketches/{name}")
def redraw(name: str, by: str):
    with drawing:
        sketches[name] = by
    return {}


@app.post("/prints/{name}")
def add_print(name: str, by: str):
    with drawing:
        if name in prints:  # step MB408 check
            raise HTTPException(409)
        prints[name] = by  # want MB408 "prints"
    return {}


@app.post("/prints/{name}/again")
def print_again(name: str, by: str):
    with printing:
        if name in prints:
            raise HTTPException(409)
        prints[name] = by  # want MB408 "prints"
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
