"""An address whose host the program writes down itself: what the client sends fills in the rest and leads nowhere else."""
from urllib.parse import urlparse

import requests
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
SHELVES = "https://shelves.example"
KNOWN = {"papers.example", "journals.example"}


def short_name(address: str) -> str:
    host = urlparse(address).hostname
    if host not in KNOWN:
        raise HTTPException(422)
    return urlparse(address).path.strip("/")


@app.get("/papers")
def paper(address: str):
    name = short_name(address)
    return requests.get(f"{SHELVES}/papers/{name}", timeout=5).json()


@app.get("/papers/direct")
def paper_direct(address: str):
    if urlparse(address).hostname not in KNOWN:  # step MB702 check
        raise HTTPException(422)
    return requests.get(address, timeout=5).json()  # want MB702 "address"


if __name__ == "__main__":
    uvicorn.run(app)
