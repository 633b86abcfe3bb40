"""Memory of each of two processes: a decision on something else, to which a value of that memory came on some way, decides nothing of it."""
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
seals: dict[str, str] = {}
berths: dict[str, str] = {}


def seal_of(port: str) -> str:
    if port in seals:
        return seals[port]
    seals[port] = "seal of " + port
    return seals[port]


def read_pass(text: str, port: str) -> dict:
    seal = seal_of(port)
    return {"ship": text.replace(seal, "")}


@app.post("/ports/{port}/enter")
async def enter(port: str, text: str, ship: str):
    shown = read_pass(text, port)
    if shown.get("ship") != ship:
        raise HTTPException(403)
    return {"seal": seal_of(port)}


@app.post("/ports/{port}/berth")
async def berth(port: str, ship: str):
    if port in berths:  # step MB405 check
        raise HTTPException(409)
    berths[port] = ship  # want MB405 "berths"
    return {}


if __name__ == "__main__":
    uvicorn.run("far_away:app", workers=2)
