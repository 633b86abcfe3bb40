"""Names that are given away once, in a service that runs three times; and a cache, which each process may have."""
from fastapi import FastAPI, HTTPException

app = FastAPI()
owners: dict[str, str] = {}
lengths: dict[str, int] = {}


@app.put("/names/{name}")
def claim(name: str, owner: str):
    if owners.setdefault(name, owner) != owner:
        raise HTTPException(409)


taken: set[str] = set()


@app.post("/codes/{code}")
async def use(code: str):
    if code in taken:  # step MB405 check
        raise HTTPException(410)
    taken.add(code)  # want MB405 "taken"
    return {"ok": True}


@app.get("/lengths/{word}")
async def length(word: str):
    if word not in lengths:
        lengths[word] = len(word)
    return lengths[word]
