"""Nothing says how many processes there are: no finding for each place."""
from fastapi import FastAPI, HTTPException

app = FastAPI()
taken: set[str] = set()
used: set[str] = set()


@app.post("/names/{name}")
async def take(name: str):
    if name in taken:
        raise HTTPException(409)
    taken.add(name)


@app.post("/codes/{code}")
async def use(code: str):
    if code in used:
        raise HTTPException(410)
    used.add(code)
