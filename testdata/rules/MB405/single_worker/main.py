"""One worker by the image: memory may decide."""
from fastapi import FastAPI, HTTPException

app = FastAPI()
taken: set[str] = set()


@app.post("/names/{name}")
async def take(name: str):
    if name in taken:
        raise HTTPException(409)
    taken.add(name)
